import { describe, expect, test } from 'vitest'
import { task } from '../../../src/engine/task.ts'
import { ManualClock } from '../../../src/kit/clock.ts'
import { connectionLost, Exchanges } from './exchanges.ts'
import { gate, newJob, Scene } from './scene.ts'

describe('jobs whose claim was never answered', () => {
  test('come back at once and run once; what the worker knows stays its own', async () => {
    const exchanges = new Exchanges()
    const [started, end] = [gate(), gate()]
    const runs: string[] = []
    const waits = task('waits', {
      run: async (_: undefined, job) => {
        runs.push(job.id)
        started.open()
        await end.opened
      },
    })
    const scene = new Scene({ tasks: [waits], wrap: exchanges.wrap }).watch('job:lease-lost')
    const known = await scene.enqueue('waits')
    const worker = scene.worker({ slots: 5 })
    await worker.start()
    await started.opened
    exchanges.loseAnswer((_, reply) => reply.claimed.length > 0)
    const others = await scene.enqueueMany([newJob('waits'), newJob('waits', undefined, { maxAttempts: 1 })])
    while (runs.length < 3) await new Promise((resolve) => setTimeout(resolve, 1))
    const told = exchanges.requests.filter(({ holding }) => holding !== null)
    expect(told.map(({ holding }) => holding?.map(({ id }) => id))).toEqual([[known]])
    end.open()
    await worker.idle()
    expect(runs.toSorted()).toEqual([known, ...others].toSorted())
    for (const id of runs) expect(await scene.get(id)).toMatchObject({ state: 'succeeded', attempt: 1 })
    expect(scene.events('job:lease-lost')).toEqual([])
  })

  test('come back a lease later where the store carries out the lost call late', async () => {
    const clock = new ManualClock()
    const exchanges = new Exchanges()
    const noop = task('noop', { run: () => undefined })
    const scene = new Scene({ tasks: [noop], clock, wrap: exchanges.wrap })
    let late: (() => Promise<unknown>) | null = null
    let lost = false
    exchanges.step = async (request, call) => {
      if (request.claim === null || lost) return call(request)
      lost = true
      late = () => call(request)
      throw connectionLost()
    }
    const worker = scene.worker({ lease: '10s', maintenance: false })
    const recovered = scene.next('backend:recovered', ({ during }) => during === 'exchange')
    await worker.start()
    const ticking = setInterval(() => clock.advance(5), 1)
    await recovered
    clearInterval(ticking)
    await worker.idle()
    const ids = await scene.enqueueMany([newJob('noop'), newJob('noop', undefined, { maxAttempts: 1 })])
    // Nobody has answered this claim, and nobody will.
    await (late as (() => Promise<unknown>) | null)?.()
    for (const id of ids) expect(await scene.get(id)).toMatchObject({ state: 'active', worker: worker.id })
    clock.advance(9_000)
    await scene.backend.heartbeat(about(worker.id), 60_000)
    await worker.idle()
    for (const id of ids) expect(await scene.get(id)).toMatchObject({ state: 'active' })
    clock.advance(2_000)
    await worker.idle()
    while ((await scene.get(ids[1] as string)).state !== 'succeeded') await worker.idle()
    for (const id of ids)
      expect(await scene.get(id)).toMatchObject({ state: 'succeeded', attempt: 1, lost: 0 })
    expect(exchanges.requests.filter(({ holding }) => holding !== null)).toHaveLength(2)
  })

  test('are given back, uncounted, before a worker ends', async () => {
    const exchanges = new Exchanges()
    const noop = task('noop', { run: () => undefined })
    const scene = new Scene({ tasks: [noop], wrap: exchanges.wrap })
    exchanges.loseAnswer((_, reply) => reply.claimed.length > 0)
    const id = await scene.enqueue('noop', undefined, { maxAttempts: 1 })
    const worker = scene.worker({ maintenance: false })
    const failing = scene.next('backend:error')
    await worker.start()
    await failing
    await worker.stop()
    expect(await scene.backend.rescue({ quarantineAfter: 1 })).toEqual([])
    expect(await scene.get(id)).toMatchObject({ state: 'pending', attempt: 0, lost: 0 })
  })
})

test('a worker names all it holds: what runs, begins, waits, and has ended without being stored', async () => {
  const exchanges = new Exchanges()
  const end = gate()
  const waits = task('waits', {
    run: async (ends: boolean) => {
      if (!ends) await end.opened
    },
  })
  const scene = new Scene({ tasks: [waits], wrap: exchanges.wrap })
  const jobs = [
    newJob('waits', false, { priority: 9 }),
    newJob('waits', true, { priority: 8 }),
    newJob('waits', false, { priority: 7, maxAttempts: 1 }),
    newJob('waits', false, { priority: 6 }),
    newJob('waits', false, { priority: 5 }),
  ]
  await scene.enqueueMany(jobs)
  let failures = 0
  exchanges.step = async (request, call) => {
    // More than there are slots for, as a worker claims ahead.
    const claim = request.claim && { queues: [{ name: 'default', limit: 5 }], limit: 5 }
    if (request.settle.length + request.begin.length === 0) return call({ ...request, claim })
    failures += 1
    if (failures < 3) throw connectionLost()
    return call({ ...request, claim })
  }
  const worker = scene.worker({ slots: 3, maintenance: false })
  await worker.start()
  const told = async () => {
    for (;;) {
      const request = exchanges.requests.find(({ holding }) => holding !== null)
      if (request?.holding) return request.holding.map(({ id }) => id).toSorted()
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  expect(await told()).toEqual(jobs.map(({ id }) => id).toSorted())
  end.open()
  await worker.idle()
  for (const { id } of jobs) expect(await scene.get(id)).toMatchObject({ state: 'succeeded', attempt: 1 })
})

function about(id: string) {
  const rest = { busy: 0, version: '0', memoryBytes: 0, quiet: false }
  return { id, host: 'here', pid: 1, startedAt: 0, queues: ['default'], slots: 10, ...rest }
}
