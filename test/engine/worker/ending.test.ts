import { describe, expect, test } from 'vitest'
import { exchangeRequest } from '../../../src/conformance/request.ts'
import { JobResultError, JobTimeoutError, LeaseLostError } from '../../../src/contract/index.ts'
import { task } from '../../../src/engine/task.ts'
import { ManualClock } from '../../../src/kit/clock.ts'
import { aborted, gate, newJob, Scene } from './scene.ts'

describe('timeouts', () => {
  test('abort the signal and fail the attempt; the job’s own timeout comes first', async () => {
    const heard: unknown[] = []
    const hangs = task('hangs', {
      timeout: '1h',
      retry: { backoff: 'fixed', delay: '1m' },
      run: async (_: undefined, job) => aborted(job.signal).catch((error: unknown) => void heard.push(error)),
    })
    const scene = new Scene({ tasks: [hangs] }).watch('job:retrying', 'job:succeeded')
    const id = await scene.enqueue('hangs', undefined, { timeoutMs: 20 })
    await scene.runAll()
    expect(heard).toHaveLength(1)
    expect(heard[0]).toBeInstanceOf(JobTimeoutError)
    expect(await scene.get(id)).toMatchObject({
      state: 'retrying',
      attempt: 1,
      error: { name: 'JobTimeoutError', code: 'job-timeout' },
    })
    expect((await scene.get(id)).error?.message).toContain('20ms')
    expect(scene.events('job:succeeded')).toEqual([])
  })

  test('a handler that heeds nothing loses its slot, is counted and told of, and its answer is ignored', async () => {
    const go = gate<string>()
    const hangs = task('hangs', { timeout: 10, run: () => go.opened })
    const quick = task('quick', { run: () => undefined })
    const scene = new Scene({ tasks: [hangs, quick] }).watch('job:succeeded', 'internal:error')
    const stuck = await scene.enqueue('hangs', undefined, { maxAttempts: 1 })
    const next = await scene.enqueue('quick')
    const worker = scene.worker({ slots: 1 })
    const complaint = scene.next('internal:error')
    const ranNext = scene.next('job:succeeded')
    await worker.start()
    expect(await ranNext).toMatchObject({ id: next })
    expect(worker.health()).toMatchObject({ busy: 0, abandoned: 1 })
    expect(await complaint).toMatchObject({ during: "handler of task 'hangs'" })
    go.open('late')
    await worker.idle()
    expect(worker.health()).toMatchObject({ abandoned: 0 })
    expect(await scene.get(stuck)).toMatchObject({ state: 'failed', reason: 'exhausted', result: null })
    expect(scene.events('job:succeeded')).toHaveLength(1)
  })

  test('one timer watches many attempts', async () => {
    const ends: string[] = []
    const hangs = task('hangs', {
      run: async (name: string, job) => {
        await aborted(job.signal).catch(() => void ends.push(name))
      },
    })
    const scene = new Scene({ tasks: [hangs] })
    await scene.enqueueMany([
      newJob('hangs', 'long', { timeoutMs: 120, maxAttempts: 1 }),
      newJob('hangs', 'short', { timeoutMs: 20, maxAttempts: 1 }),
      newJob('hangs', 'middle', { timeoutMs: 70, maxAttempts: 1 }),
    ])
    await scene.runAll()
    expect(ends).toEqual(['short', 'middle', 'long'])
  })
})

describe('cancellation', () => {
  test('aborts the signal of a running job, which ends as cancelled', async () => {
    const heard: unknown[] = []
    const waits = task('waits', {
      run: async (_: undefined, job) => aborted(job.signal).catch((error: unknown) => void heard.push(error)),
    })
    const scene = new Scene({ tasks: [waits] }).watch('job:cancelled')
    const id = await scene.enqueue('waits')
    const worker = scene.worker()
    const started = scene.next('job:started')
    await worker.start()
    await started
    expect(await scene.backend.control?.requestCancel([id])).toEqual([{ id, outcome: 'requested' }])
    await worker.idle()
    expect(heard[0]).toBeInstanceOf(JobResultError)
    expect(heard[0]).toMatchObject({ code: 'job-cancelled' })
    expect(await scene.get(id)).toMatchObject({ state: 'cancelled', reason: 'requested', error: null })
    expect(scene.events('job:cancelled')).toMatchObject([{ id, reason: 'requested' }])
  })

  test('keeps the error of a handler that fails on its way out', async () => {
    const waits = task('waits', {
      run: async (_: undefined, job) => {
        await aborted(job.signal).catch(() => undefined)
        throw new Error('half done')
      },
    })
    const scene = new Scene({ tasks: [waits] })
    const id = await scene.enqueue('waits')
    const worker = scene.worker()
    const started = scene.next('job:started')
    await worker.start()
    await started
    await scene.backend.control?.requestCancel([id])
    await worker.idle()
    expect(await scene.get(id)).toMatchObject({ state: 'cancelled', error: { message: 'half done' } })
  })

  test('the signal is aborted also where it is read only afterwards', async () => {
    const cancelledFirst = gate()
    let late: boolean | undefined
    const waits = task('waits', {
      run: async (_: undefined, job) => {
        await cancelledFirst.opened
        late = job.signal.aborted
      },
    })
    const scene = new Scene({ tasks: [waits] })
    const id = await scene.enqueue('waits')
    const worker = scene.worker()
    const started = scene.next('job:started')
    await worker.start()
    await started
    await scene.backend.control?.requestCancel([id])
    // The command is fetched when the store's wake arrives, a turn of the event loop later.
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    cancelledFirst.open()
    await worker.idle()
    expect(late).toBe(true)
    expect(await scene.get(id)).toMatchObject({ state: 'cancelled' })
  })
})

describe('leases', () => {
  test('a late outcome is fenced and told of', async () => {
    const go = gate()
    const waits = task('waits', { run: () => go.opened })
    const scene = new Scene({ tasks: [waits] }).watch('job:lease-lost', 'job:succeeded')
    const id = await scene.enqueue('waits')
    const worker = scene.worker({ maintenance: false })
    const started = scene.next('job:started')
    await worker.start()
    await started
    // As if the whole process had been away for longer than its lease.
    await scene.backend.retire(worker.id)
    await scene.backend.rescue({ quarantineAfter: 3 })
    expect(await scene.get(id)).toMatchObject({ state: 'pending', lost: 1 })
    await scene.backend.limits?.pause(['default'])
    go.open()
    expect(await scene.next('job:lease-lost')).toMatchObject({ id, attempt: 1 })
    expect(await scene.get(id)).toMatchObject({ state: 'pending', lost: 1 })
    expect(scene.events('job:succeeded')).toEqual([])
  })

  test('when the lease had run out, attempts whose jobs were given away are aborted', async () => {
    const clock = new ManualClock()
    const aborting = gate<unknown>()
    const waits = task('waits', {
      run: async (_: undefined, job) => aborted(job.signal).catch((reason: unknown) => aborting.open(reason)),
    })
    const scene = new Scene({ tasks: [waits], clock }).watch('job:succeeded')
    const id = await scene.enqueue('waits')
    const worker = scene.worker({ lease: '1s', maintenance: false })
    const started = scene.next('job:started')
    await worker.start()
    await started
    await scene.backend.limits?.pause(['default'])
    clock.advance(5_000)
    await scene.backend.rescue({ quarantineAfter: 3 })
    // The next heartbeat finds that the lease had run out.
    expect(await aborting.opened).toBeInstanceOf(LeaseLostError)
    await worker.idle()
    expect(await scene.get(id)).toMatchObject({ state: 'pending', attempt: 1, lost: 1 })
    expect(scene.events('job:succeeded')).toEqual([])
  })

  test('a lease that ran out unnoticed aborts nothing', async () => {
    const clock = new ManualClock()
    const go = gate()
    let signal: AbortSignal | undefined
    const waits = task('waits', {
      run: async (_: undefined, job) => {
        signal = job.signal
        await go.opened
        return 'fine'
      },
    })
    const scene = new Scene({ tasks: [waits], clock })
    const id = await scene.enqueue('waits')
    const worker = scene.worker({ lease: '1s', maintenance: false })
    const started = scene.next('job:started')
    await worker.start()
    await started
    clock.advance(5_000)
    await scene.enqueue('waits', undefined, { delayMs: 60_000 })
    go.open()
    await worker.idle()
    expect(signal?.aborted).toBe(false)
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded', result: '"fine"' })
  })

  test('jobs of a dead worker are rescued, and quarantined in the end', async () => {
    const clock = new ManualClock()
    const scene = new Scene({ tasks: [task('noop', { run: () => undefined })], clock }).watch('job:rescued')
    const id = await scene.enqueue('noop', undefined, { queue: 'dangerous' })
    for (const name of ['first', 'second']) {
      await scene.backend.heartbeat(other(name), 600)
      const queues = [{ name: 'dangerous', limit: 1 }]
      const { claimed } = await scene.backend.exchange(
        exchangeRequest({ workerId: name, claim: { queues, limit: 1 } }),
      )
      expect(claimed).toHaveLength(1)
      await scene.backend.exchange(exchangeRequest({ workerId: name, begin: claimed }))
      clock.advance(700)
      if (name === 'first') await scene.backend.rescue({ quarantineAfter: 2 })
    }
    const worker = scene.worker({ lease: '1s', quarantineAfter: 2 })
    const rescued = scene.next('job:rescued')
    await worker.start()
    expect(await rescued).toMatchObject({ id, workerId: 'second', state: 'failed' })
    expect(await scene.get(id)).toMatchObject({ state: 'failed', reason: 'quarantined', lost: 2 })
  })
})

function other(id: string) {
  return {
    ...{
      id,
      host: 'elsewhere',
      pid: 1,
      startedAt: 0,
      queues: ['dangerous'],
      slots: 1,
      busy: 0,
      version: '0',
    },
    ...{ memoryBytes: 0, quiet: false },
  }
}
