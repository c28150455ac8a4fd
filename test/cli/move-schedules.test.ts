/**
 * `millrace move` and schedules: each fires in one store, whatever interrupts the move.
 * @module
 */
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { millrace } from '../../src/app/millrace.ts'
import { memory } from '../../src/backends/memory/index.ts'
import { sqlite } from '../../src/backends/sqlite/index.ts'
import { moveSchedules } from '../../src/cli/move/move-schedules.ts'
import type { Backend, ScheduleRecord, SchedulesFacet } from '../../src/contract/index.ts'
import { makeFolder } from './folder.ts'
import { here } from './run.ts'
import { appOn, moveWhileFiring, tick } from './schedule-move.ts'

interface Ends {
  readonly folder: string
  readonly from: Backend
  readonly to: Backend
  readonly old: ReturnType<typeof appOn>
  readonly fresh: ReturnType<typeof appOn>
}

/** Two SQLite files. */
function makeEnds(): Ends {
  const folder = makeFolder()
  const [from, to] = [sqlite(join(folder, 'from.db')), sqlite(join(folder, 'to.db'))]
  const [old, fresh] = [appOn(from), appOn(to)]
  onTestFinished(async () => {
    await Promise.all([old.close(), fresh.close()])
  })
  return { folder, from, to, old, fresh }
}

async function row(backend: Backend, name: string): Promise<ScheduleRecord | null> {
  return (await backend.schedules?.get([name]))?.[0] ?? null
}

function firesBy(row: ScheduleRecord | null): boolean {
  return row !== null && !row.paused && (row.nextAt !== null || row.heldAt !== null)
}

/** A real store around whose writes of schedules something happens. */
function watched(
  backend: Backend,
  { before, after }: { before?: () => Promise<void>; after?: () => Promise<void> },
): Backend {
  const { schedules } = backend
  if (schedules === undefined) throw new Error('SQLite keeps schedules')
  const write: SchedulesFacet['write'] = async (changes) => {
    await before?.()
    const answers = await schedules.write(changes)
    await after?.()
    return answers
  }
  return { ...backend, schedules: { ...schedules, write } }
}

/** A real store that goes away after so many writes of schedules. */
function failing(backend: Backend, left: { writes: number }): Backend {
  return watched(backend, {
    before: async () => {
      if (left.writes === 0) throw new Error('the store went away')
      left.writes -= 1
    },
  })
}

it('takes them along with all that they are and have done; here they stop', async () => {
  const { from, to, old, fresh } = makeEnds()
  await old.schedules.put('daily', {
    task: tick,
    cron: '30 2 * * *',
    zone: 'Europe/Berlin',
    input: { n: 1 },
    overlap: 'skip',
  })
  await old.schedules.put('stopped', { task: tick, every: '1h' })
  await old.schedules.pause('stopped')
  const { id } = await old.schedules.runNow('daily')
  const before = await row(from, 'daily')
  expect(await moveSchedules(from, to)).toEqual({ moved: 2, skipped: 0, conflicts: [], paused: [] })
  expect(await row(to, 'daily')).toEqual({ ...before, revision: expect.any(Number), openJobs: [id] })
  expect(await fresh.schedules.get('daily')).toMatchObject({ input: { n: 1 }, paused: false })
  expect(await row(to, 'stopped')).toMatchObject({ paused: true, nextAt: expect.any(Number) })
  expect(await row(from, 'daily')).toMatchObject({ paused: true, nextAt: null })
  expect((await old.schedules.history('daily')).firings).toHaveLength(1)
  expect(await moveSchedules(from, to)).toEqual({ moved: 0, skipped: 2, conflicts: [], paused: [] })
  expect(firesBy(await row(to, 'daily'))).toBe(true)
})

it.each([0, 1, 2])('interrupted after %i writes, it goes on, and none fires twice', async (writes) => {
  const { from, to, old } = makeEnds()
  await old.schedules.put('s', { task: tick, every: '1h' })
  const before = await row(from, 's')
  const left = { writes }
  await expect(moveSchedules(failing(from, left), failing(to, left))).rejects.toThrow('went away')
  expect([firesBy(await row(from, 's')), firesBy(await row(to, 's'))]).toEqual([writes < 2, false])
  expect(await moveSchedules(from, to)).toMatchObject({ moved: 1 })
  expect(await row(to, 's')).toEqual({ ...before, revision: expect.any(Number) })
  expect(firesBy(await row(from, 's'))).toBe(false)
})

it.each(['after it was copied', 'before it was stopped'])(
  'fired just %s, it is copied anew',
  async (when) => {
    const { from, to, old } = makeEnds()
    await old.schedules.put('s', { task: tick, every: '1h' })
    let fired = ''
    const fire = async () => {
      if (fired === '') fired = (await old.schedules.runNow('s')).id
    }
    const account = await (when === 'after it was copied'
      ? moveSchedules(from, watched(to, { after: fire }))
      : moveSchedules(watched(from, { before: fire }), to))
    expect(account).toEqual({ moved: 1, skipped: 0, conflicts: [], paused: [] })
    expect(await row(to, 's')).toMatchObject({ paused: false, openJobs: [fired] })
    expect(firesBy(await row(from, 's'))).toBe(false)
  },
)

it('what happens to it between an interrupted move and the next is not lost', async () => {
  const { from, to, old } = makeEnds()
  const interrupt = () => expect(moveSchedules(failing(from, { writes: 0 }), to)).rejects.toThrow('went away')
  await old.schedules.put('fired', { task: tick, every: '1h' })
  await interrupt()
  expect(await row(to, 'fired')).toMatchObject({ paused: true, openJobs: [] })
  const { id } = await old.schedules.runNow('fired')
  expect(await moveSchedules(from, to)).toMatchObject({ moved: 1 })
  expect(await row(to, 'fired')).toMatchObject({ paused: false, openJobs: [id] })
  await old.schedules.put('paused', { task: tick, every: '1h' })
  await interrupt()
  await old.schedules.pause('paused')
  expect(await moveSchedules(from, to)).toMatchObject({ moved: 1, skipped: 1, paused: [] })
  expect(await row(to, 'paused')).toMatchObject({ paused: true, changedAt: expect.any(Number) })
  expect((await row(to, 'paused'))?.changedAt).toBe((await row(from, 'paused'))?.changedAt)
})

it('leaves alone what the other store has: the same stays, another is a conflict', async () => {
  const { folder, from, to, old, fresh } = makeEnds()
  for (const name of ['same', 'stopped', 'other'])
    await old.schedules.put(name, { task: tick, cron: '0 3 * * *' })
  await old.schedules.pause('stopped')
  const declared = millrace({
    backend: `sqlite:${join(folder, 'to.db')}`,
    tasks: [tick],
    schedules: {
      same: { task: tick, cron: '0 3 * * *' },
      stopped: { task: tick, cron: '0 3 * * *' },
    },
  })
  await declared.schedules.reconcile()
  await declared.close()
  await fresh.schedules.put('other', { task: tick, cron: '0 4 * * *' })
  const same = await row(to, 'same')
  expect(await moveSchedules(from, to)).toEqual({
    moved: 0,
    skipped: 2,
    conflicts: ['other'],
    paused: ['stopped'],
  })
  expect(await row(to, 'same')).toEqual(same)
  expect(firesBy(await row(from, 'same'))).toBe(false)
  expect([firesBy(await row(from, 'stopped')), firesBy(await row(to, 'stopped'))]).toEqual([false, false])
  expect(firesBy(await row(from, 'other'))).toBe(true)
  const args = ['move', '--from', `sqlite:${folder}/from.db`, '--to', `sqlite:${folder}/to.db`]
  const { code, stderr } = await here(args)
  expect(code).toBe(1)
  expect(stderr).toContain('1 schedule left alone')
  await old.schedules.remove('other')
  expect((await here(args)).code).toBe(0)
})

it('a worker of the old store that starts again declares nothing that fires', async () => {
  const { folder, from, to } = makeEnds()
  const make = () =>
    millrace({
      backend: `sqlite:${join(folder, 'from.db')}`,
      tasks: [tick],
      schedules: { declared: { task: tick, every: '1s' } },
    })
  const first = make()
  await first.schedules.reconcile()
  await first.close()
  expect(await moveSchedules(from, to)).toMatchObject({ moved: 1 })
  const again = make()
  const worker = again.worker()
  await worker.start()
  await worker.stop()
  await again.close()
  expect([firesBy(await row(from, 'declared')), firesBy(await row(to, 'declared'))]).toEqual([false, true])
})

it('while they fire: every time happens once, in one of two SQLite files', { timeout: 60_000 }, async () => {
  const folder = makeFolder()
  await moveWhileFiring(sqlite(join(folder, 'from.db')), sqlite(join(folder, 'to.db')))
})

it('refuses a store that cannot keep them, before anything stops', async () => {
  const { from, old } = makeEnds()
  await old.schedules.put('s', { task: tick, every: '1h' })
  const { schedules: _none, ...without } = memory()
  await expect(moveSchedules(from, { ...without, name: 'without' })).rejects.toThrow('keeps no schedules')
  expect(firesBy(await row(from, 's'))).toBe(true)
})
