import { setMaxListeners } from 'node:events'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  type Backend,
  BackendError,
  type JobError,
  JobResultError,
  JobStateError,
  NotRunningError,
  UnsupportedFacetError,
} from '../../../src/contract/index.ts'
import { task } from '../../../src/engine/task.ts'
import { finish, rejection, type Setup, setup } from './setup.ts'

const work = task('work', { run: (input: { n: number }) => ({ doubled: input.n * 2 }) })
const succeed = (result: string | null) => ({ kind: 'succeed', result }) as const

/** A setup whose subscriptions and reads are counted. */
function counted(overrides: (backend: Backend) => Partial<Backend> = () => ({})) {
  const made = setup()
  const counts = { subscribed: 0, unsubscribed: 0, reads: [] as number[] }
  const { records } = made.backend
  if (records === undefined) throw new Error('No records')
  const backend: Backend = {
    ...made.backend,
    async subscribe(interest, wake) {
      counts.subscribed++
      const stop = await made.backend.subscribe(interest, wake)
      return () => {
        counts.unsubscribed++
        return stop()
      }
    },
    records: {
      ...records,
      get: (ids) => {
        counts.reads.push(ids.length)
        return records.get(ids)
      },
    },
  }
  const whole: Backend = { ...backend, ...overrides(backend) }
  Object.assign(made.context, { source: { current: whole, open: async () => whole } })
  return { ...made, counts }
}

/** Lets everything that is due within this turn happen. */
async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

afterEach(() => {
  vi.useRealTimers()
})

describe('result', () => {
  test('answers the decoded output, before and after it is there', async () => {
    const { client, backend } = setup()
    const receipt = await client.enqueue(work, { n: 1 })
    const waiting = client.result(receipt)
    await turns()
    await finish(backend, succeed('{"doubled":2}'))
    expect(await waiting).toEqual({ doubled: 2 })
    expect(await client.result(receipt.id)).toEqual({ doubled: 2 })
  })

  test('answers undefined for a job without output', async () => {
    const { client, backend } = setup()
    const { id } = await client.enqueue(work, { n: 1 })
    await finish(backend, succeed(null))
    expect(await client.result(id)).toBeUndefined()
  })

  test('is pushed, not polled, and lets go afterwards', async () => {
    const { client, backend, counts } = counted()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const receipts = await client.enqueueMany(work, [{ n: 1 }, { n: 2 }, { n: 3 }])
    const waiting = Promise.all(receipts.map((receipt) => client.result(receipt)))
    await turns()
    expect(vi.getTimerCount()).toBe(1)
    for (const n of [1, 2, 3]) await finish(backend, succeed(String(n)))
    expect(await waiting).toEqual([1, 2, 3])
    await turns()
    expect(counts).toMatchObject({ subscribed: 1, unsubscribed: 1 })
    expect(vi.getTimerCount()).toBe(0)
  })

  test('reads all that are waited for in one call', async () => {
    const { client, counts } = counted()
    const receipts = await client.enqueueMany(
      work,
      Array.from({ length: 1500 }, (_, n) => ({ n })),
    )
    const stop = new AbortController()
    setMaxListeners(0, stop.signal)
    const waiting = receipts.map((receipt) => rejection(client.result(receipt, { signal: stop.signal })))
    await turns()
    stop.abort(new Error('enough'))
    await Promise.all(waiting)
    expect(counts.reads.slice(0, 2)).toEqual([1000, 500])
    expect(counts.reads.length).toBeLessThanOrEqual(4)
    expect(counts.unsubscribed).toBe(1)
  })

  test('looks by itself where no wake comes, ever less often', async () => {
    const { client, backend, counts } = counted(() => ({ subscribe: async () => () => {} }))
    const { id } = await client.enqueue(work, { n: 1 })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const waiting = client.result(id)
    await vi.advanceTimersByTimeAsync(999)
    expect(counts.reads).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(2)
    expect(counts.reads).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1001)
    expect(counts.reads).toHaveLength(2)
    await finish(backend, succeed('7'))
    await vi.advanceTimersByTimeAsync(500)
    expect(await waiting).toBe(7)
  })

  test('a job that failed is an error with the job’s own as its cause', async () => {
    const { client, backend } = setup()
    const cause: JobError = { name: 'InnerError', message: 'inner', stack: null, code: null, cause: null }
    const error: JobError = {
      name: 'MailError',
      message: 'refused',
      stack: 'MailError: refused\n at x',
      code: 'E1',
      cause,
    }
    const { id } = await client.enqueue(work, { n: 1 })
    await finish(backend, { kind: 'fail', reason: 'discarded', error, counts: true })
    const failure = await rejection(client.result(id))
    expect(failure).toBeInstanceOf(JobResultError)
    expect(failure).toMatchObject({
      code: 'job-failed',
      jobId: id,
      task: 'work',
      cause: { name: 'MailError', message: 'refused', stack: 'MailError: refused\n at x', code: 'E1' },
    })
    expect((failure as JobResultError & { cause: Error }).cause.cause).toMatchObject({ name: 'InnerError' })
    expect((failure as Error).message).toContain('MailError: refused')
  })

  test('a job that is cancelled, or is not there', async () => {
    const { client } = setup()
    const { id } = await client.enqueue(work, { n: 1 })
    const waiting = rejection(client.result(id))
    await client.cancel(id)
    expect(await waiting).toMatchObject({ code: 'job-cancelled', jobId: id })
    const missing = await rejection(client.result('nothing'))
    expect(missing).toBeInstanceOf(JobStateError)
    expect(missing).toMatchObject({ code: 'job-not-found', jobId: 'nothing' })
  })

  test('an output that cannot be decoded here', async () => {
    const { client, backend } = setup()
    const { id } = await client.enqueue(work, { n: 1 })
    await finish(backend, succeed('~zip:abc'))
    expect(await rejection(client.result(id))).toMatchObject({ code: 'invalid-payload' })
  })

  test('gives up at its timeout; the job goes on', async () => {
    const { client } = setup()
    const { id } = await client.enqueue(work, { n: 1 })
    const failure = await rejection(client.result(id, { timeout: 20 }))
    expect(failure).toMatchObject({ code: 'wait-timeout', jobId: id })
    expect(await client.get(id)).toMatchObject({ state: 'pending' })
  })

  test('gives up when its signal aborts, and leaves no listener', async () => {
    const { client } = setup()
    const { id } = await client.enqueue(work, { n: 1 })
    const reason = new Error('enough')
    const stop = new AbortController()
    const remove = vi.spyOn(stop.signal, 'removeEventListener')
    const waiting = rejection(client.result(id, { signal: stop.signal }))
    await turns()
    stop.abort(reason)
    expect(await waiting).toBe(reason)
    expect(remove).toHaveBeenCalled()
    expect(await rejection(client.result(id, { signal: stop.signal }))).toBe(reason)
  })

  test.each([
    [{ timeout: 'soon' }, 'timeout'],
    [{ timeout: -1 }, 'timeout'],
    [{ timeout: '30 days' }, 'timeout'],
    [{ signal: {} }, 'signal'],
    [{ time: 1 }, 'time'],
  ])('refuses %j', async (options, field) => {
    const { client } = setup()
    expect(await rejection(client.result('id', options as never))).toMatchObject({
      code: 'invalid-option',
      field,
    })
  })

  test('refuses what is no job', async () => {
    const { client } = setup()
    for (const job of [undefined, null, 7, '', {}]) {
      expect(await rejection(client.result(job as never))).toMatchObject({ field: 'job' })
    }
  })

  test('waits through a time when the store does not answer', async () => {
    let down = true
    const errors: unknown[] = []
    const { client, backend, context } = counted((whole) => ({
      subscribe: (interest, wake) =>
        down
          ? Promise.reject(new BackendError('store-unavailable', 'down'))
          : whole.subscribe(interest, wake),
    }))
    context.events.on('backend:error', ({ error }) => errors.push(error))
    const { id } = await client.enqueue(work, { n: 1 })
    await finish(backend, succeed('7'))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const waiting = client.result(id)
    await vi.advanceTimersByTimeAsync(500)
    down = false
    await vi.advanceTimersByTimeAsync(600)
    expect(await waiting).toBe(7)
    expect(errors).toHaveLength(1)
  })

  test('does not wait for what will not come', async () => {
    const corrupt = counted(() => ({
      subscribe: () => Promise.reject(new BackendError('store-corrupt', 'damaged')),
    }))
    expect(await rejection(corrupt.client.result('id'))).toMatchObject({ code: 'store-corrupt' })
    const bare = counted()
    const { records: _, ...backend } = bare.backend
    Object.assign(bare.context, { source: { current: backend, open: async () => backend } })
    expect(await rejection(bare.client.result('id'))).toBeInstanceOf(UnsupportedFacetError)
  })

  test('close sends those away who wait', async () => {
    const { client, close, counts } = counted()
    const { id } = await client.enqueue(work, { n: 1 })
    const waiting = rejection(client.result(id))
    await turns()
    await close()
    expect(await waiting).toBeInstanceOf(NotRunningError)
    expect(counts.unsubscribed).toBe(1)
    expect(await rejection(client.result(id))).toBeInstanceOf(NotRunningError)
  })
})

test('many waiters at once all get their own', async () => {
  const made: Setup = setup()
  const receipts = await made.client.enqueueMany(
    work,
    Array.from({ length: 50 }, (_, n) => ({ n })),
  )
  const waiting = Promise.all(receipts.map((receipt) => made.client.result(receipt)))
  for (let n = 0; n < 50; n++) await finish(made.backend, succeed(String(n)))
  expect(await waiting).toEqual(Array.from({ length: 50 }, (_, n) => n))
})
