/** The scheduler beside a worker: on real stores, in real time. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Backend, MillraceEvents } from '../../src/contract/index.ts'
import { millrace, task } from '../../src/index.ts'
import { Scheduler } from '../../src/scheduler/scheduler.ts'
import { newFile } from '../sqlite/store.ts'
import { makeRoom, sweep } from './room.ts'

type Fired = MillraceEvents['schedule:fired']

/** Resolves with the first `count` firings. */
function firings(app: ReturnType<typeof millrace>, count: number, of?: string): Promise<Fired[]> {
  return new Promise((resolve) => {
    const seen: Fired[] = []
    app.events.on('schedule:fired', (event) => {
      if (of !== undefined && event.schedule !== of) return
      seen.push(event)
      if (seen.length === count) resolve(seen)
    })
  })
}

describe.each([
  ['memory', () => 'memory:'],
  ['SQLite', () => `sqlite:${newFile()}`],
])('on %s', (_name, url) => {
  test('a worker fires what is declared, and runs it', async () => {
    const ran: unknown[] = []
    const note = task('note', {
      run: (input: { n: number }, job) => {
        ran.push([input.n, job.meta.schedule])
      },
    })
    const schedules = { often: { task: note, every: 100, input: { n: 7 } } }
    const app = millrace({ backend: url(), tasks: [note], schedules })
    onTestFinished(() => app.close())
    const seen = firings(app, 3)
    await app.worker().start()
    const dueAts = (await seen).map(({ dueAt, outcome }) => {
      expect(outcome).toBe('enqueued')
      return dueAt % 100
    })
    expect(dueAts).toEqual([0, 0, 0])
    const { firings: history } = await app.schedules.history('often')
    const last = history.at(-1)
    expect(await app.result(String(last?.jobId), { timeout: '10s' })).toBeUndefined()
    expect(ran[0]).toEqual([7, 'often'])
  })

  test('it sleeps until something is due, and wakes when a schedule is put', async () => {
    const app = millrace({ backend: url(), tasks: [sweep] })
    onTestFinished(() => app.close())
    // Without the wake it would look again in an hour.
    await app.worker({ poll: '1h' }).start()
    await sleep(50)
    const seen = firings(app, 1)
    await app.schedules.put('soon', { task: sweep, at: Date.now() + 300 })
    expect((await seen)[0]).toMatchObject({ schedule: 'soon', outcome: 'enqueued' })
    expect((await app.schedules.get('soon'))?.nextAt).toBeNull()
  })

  test('queue-one and cancel-running never run two at a time, and go on when the first has finished', async () => {
    let running = 0
    let most = 0
    const slow = task('slow', {
      run: async (_input: unknown, job) => {
        running += 1
        most = Math.max(most, running)
        await sleep(250, undefined, { signal: job.signal }).catch(() => undefined)
        running -= 1
      },
    })
    for (const overlap of ['queue-one', 'cancel-running'] as const) {
      most = 0
      const app = millrace({
        backend: url(),
        tasks: [slow],
        schedules: { slow: { task: slow, every: 100, overlap } },
      })
      onTestFinished(() => app.close())
      const enqueued = new Promise<void>((resolve) => {
        let count = 0
        app.events.on('schedule:fired', ({ outcome }) => {
          if (outcome === 'enqueued' && ++count === 3) resolve()
        })
      })
      await app.worker().start()
      await enqueued
      await app.close()
      expect(most, overlap).toBe(1)
    }
  })
})

test('a worker that is told not to fires nothing, and one that has stopped neither', async () => {
  const app = millrace({ backend: 'memory:', tasks: [sweep], schedules: { a: { task: sweep, every: 50 } } })
  onTestFinished(() => app.close())
  const quiet = app.worker({ schedules: false })
  await quiet.start()
  await sleep(200)
  expect(await app.schedules.get('a')).toBeNull()
  const firing = app.worker()
  await firing.start()
  await firings(app, 1)
  await firing.stop()
  const { firings: before } = await app.schedules.history('a')
  await sleep(200)
  expect((await app.schedules.history('a')).firings).toEqual(before)
})

test('what was missed is told', async () => {
  const room = makeRoom({ start: '2026-01-01T00:00:00Z' })
  await room.control.put('hourly', { task: sweep, every: '1h' })
  room.clock.advance(5.5 * 3_600_000)
  const seen: Fired[] = []
  room.context.events.on('schedule:fired', (event) => seen.push(event))
  const scheduler = new Scheduler(room.context, { pollMs: 5 })
  onTestFinished(() => scheduler.stop())
  await scheduler.start()
  while (seen.length < 2) await sleep(5)
  expect(seen).toMatchObject([
    { outcome: 'missed', count: 4, jobId: null, lagMs: 4.5 * 3_600_000 },
    { outcome: 'enqueued', count: 1, lagMs: 0.5 * 3_600_000 },
  ])
})

test('a schedule that cannot be understood here holds nobody up, and is told of once', async () => {
  const room = makeRoom()
  await room.control.put('good', { task: sweep, every: '1m' })
  await room.control.put('bad', { task: sweep, cron: '* * * * *' })
  const [bad] = (await room.backend.schedules?.get(['bad'])) ?? []
  if (bad === null || bad === undefined) throw new Error('not stored')
  const timing = { kind: 'cron', pattern: '* * * * *', zone: 'Mars/Base' } as const
  await room.backend.schedules?.write([{ schedule: { ...bad, timing }, firings: [] }])
  const errors: string[] = []
  const fired: string[] = []
  room.context.events.on('internal:error', ({ during }) => errors.push(during))
  room.context.events.on('schedule:fired', ({ schedule }) => fired.push(schedule))
  const scheduler = new Scheduler(room.context, { pollMs: 5 })
  onTestFinished(() => scheduler.stop())
  await scheduler.start()
  for (let turn = 1; turn <= 3; turn++) {
    room.clock.advance(60_000)
    while (fired.length < turn) await sleep(5)
  }
  expect(fired).toEqual(['good', 'good', 'good'])
  expect(errors).toEqual(['firing of schedule bad'])
})

test('a store that is down for a while is told of, and then it goes on', async () => {
  const room = makeRoom()
  await room.control.put('a', { task: sweep, every: '1m' })
  let down = true
  const facet = room.backend.schedules
  if (facet === undefined) throw new Error('no facet')
  const flaky: Backend = {
    ...room.backend,
    schedules: { ...facet, due: (limit) => (down ? Promise.reject(new Error('down')) : facet.due(limit)) },
  }
  const told: string[] = []
  room.context.events.on('backend:error', ({ during }) => told.push(during))
  room.context.events.on('backend:recovered', ({ during }) => told.push(`${during} again`))
  const scheduler = new Scheduler({ ...room.context, open: () => Promise.resolve(flaky) }, { pollMs: 5 })
  onTestFinished(() => scheduler.stop())
  await scheduler.start()
  while (told.length === 0) await sleep(5)
  down = false
  room.clock.advance(60_000)
  while ((await room.control.history('a')).firings.length === 0) await sleep(5)
  expect(new Set(told)).toEqual(new Set(['schedules', 'schedules again']))
})
