import { afterEach, describe, expect, test, vi } from 'vitest'
import { task } from '../../src/engine/task.ts'
import { Discard } from '../../src/engine/throwables.ts'
import { DrainError, testApp } from '../../src/testing/index.ts'
import { flaky, noop, sendMail } from './tasks.ts'

const order: string[] = []
const note = task('note', { run: (input: { name: string }) => void order.push(input.name) })
const chain = task('chain', {
  queue: 'chains',
  run: async (input: { left: number }) => {
    order.push(`chain ${input.left}`)
    if (input.left > 0) await app.enqueue(chain, { left: input.left - 1 }, { queue: `queue-${input.left}` })
  },
})
const app = testApp({ tasks: [note, chain, flaky, sendMail, noop] })

/** What another version of the code, or a hand in the store, may have left there. */
async function enqueueRaw(name: string, payload: string): Promise<void> {
  const { id } = await app.enqueue(noop)
  const backend = await app.ready()
  const [stored] = (await backend.records?.export([id])) ?? []
  if (!stored) throw new Error('The job is not there.')
  await backend.records?.delete([id])
  await backend.records?.restore([{ ...stored, job: { ...stored.job, task: name, payload } }])
}

afterEach(async () => {
  order.length = 0
  await app.reset()
})

describe('order', () => {
  test('one by one, as workers claim: by priority, then due time, then order of storing', async () => {
    await app.enqueueMany(note, [{ name: 'a' }, { name: 'b' }])
    await app.enqueue(note, { name: 'first' }, { priority: 1 })
    await app.enqueue(note, { name: 'later' }, { delay: '1s' })
    const summary = await app.drain()
    expect(order).toEqual(['first', 'a', 'b'])
    expect(summary).toMatchObject({
      ran: 3,
      succeeded: 3,
      failed: 0,
      retried: 0,
      cancelled: 0,
      snoozed: 0,
      waiting: 1,
    })
    expect(summary.attempts.map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded', 'succeeded'])
  })

  test('jobs that jobs enqueue, in queues that nobody named before', async () => {
    await app.enqueue(chain, { left: 3 })
    expect(await app.drain()).toMatchObject({ ran: 4, waiting: 0 })
    expect(order).toEqual(['chain 3', 'chain 2', 'chain 1', 'chain 0'])
  })

  test('an enqueue that nobody waited for is run too', async () => {
    void app.enqueue(note, { name: 'sent off' })
    await app.drain()
    expect(order).toEqual(['sent off'])
  })

  test('strict order of the app’s own queues', async () => {
    await using strict = testApp({ tasks: [note], worker: { queues: ['high', 'low'] } })
    await strict.enqueue(note, { name: 'low' }, { queue: 'low' })
    await strict.enqueue(note, { name: 'high' }, { queue: 'high' })
    await strict.drain()
    expect(order).toEqual(['high', 'low'])
  })

  test('slots run together', async () => {
    let running = 0
    let most = 0
    const slow = task('slow', {
      run: async () => {
        running += 1
        most = Math.max(most, running)
        await vi.waitUntil(() => most === 3, { interval: 1 })
        running -= 1
      },
    })
    await using wide = testApp({ tasks: [slow] })
    await wide.enqueueMany(slow, [undefined, undefined, undefined])
    expect(await wide.drain({ slots: 3 })).toMatchObject({ succeeded: 3 })
    expect(most).toBe(3)
  })

  test('only some queues, and no paused one', async () => {
    await app.enqueue(note, { name: 'a' }, { queue: 'a' })
    await app.enqueue(note, { name: 'b' }, { queue: 'b' })
    expect(await app.drain({ queues: ['b'] })).toMatchObject({ ran: 1, waiting: 1 })
    await app.queues.pause('a')
    expect(await app.drain()).toMatchObject({ ran: 0, waiting: 1 })
    await app.queues.resume('a')
    expect(await app.drain()).toMatchObject({ ran: 1, waiting: 0 })
    expect(order).toEqual(['b', 'a'])
  })
})

describe('failures', () => {
  test('a job that waits for another attempt fails the drain', async () => {
    const { id } = await app.enqueue(flaky, { until: 2 })
    const error = await app.drain().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(DrainError)
    const { message, errors, cause, summary } = error as DrainError
    expect(message).toBe(`\
1 of 1 job failed:

  flaky ${id}, attempt 1 of 3, the next one in 10m: RangeError: attempt 1 of 2

Where a test means jobs to fail, pass { allowFailures: true } and look at the summary.`)
    expect(errors).toEqual([new RangeError('attempt 1 of 2')])
    expect(cause).toBe(errors[0])
    expect(summary).toMatchObject({ ran: 1, retried: 1, waiting: 1 })
  })

  test('all failures are named, and the others have run', async () => {
    await app.enqueue(flaky, { until: 9 }, { retry: false })
    await app.enqueue(note, { name: 'fine' })
    await app.enqueue(flaky, { until: 8 })
    await expect(app.drain()).rejects.toThrow(
      /^2 of 3 jobs failed:[\s\S]*exhausted[\s\S]*the next one in 10m/,
    )
    expect(order).toEqual(['fine'])
  })

  test('failures that are allowed', async () => {
    await app.enqueue(flaky, { until: 9 })
    const summary = await app.drain({ withScheduled: true, allowFailures: true })
    expect(summary).toMatchObject({ ran: 3, retried: 2, failed: 1, waiting: 0 })
    expect(summary.attempts.at(-1)).toMatchObject({
      task: 'flaky',
      attempt: 3,
      maxAttempts: 3,
      reason: 'exhausted',
    })
    expect(summary.attempts[0]).toMatchObject({ outcome: 'retried', againInMs: 600_000 })
  })

  test('a retry that succeeds in the end is none', async () => {
    const { id } = await app.enqueue(flaky, { until: 3 })
    expect(await app.drain({ withScheduled: true })).toMatchObject({ ran: 3, retried: 2, succeeded: 1 })
    expect(await app.result(id)).toBe(3)
  })

  test('failures of an earlier drain are not told again', async () => {
    await app.enqueue(flaky, { until: 9 })
    await expect(app.drain()).rejects.toThrow(DrainError)
    await app.enqueue(note, { name: 'fine' })
    expect(await app.drain()).toMatchObject({ ran: 1, failed: 0 })
  })

  test('a task nobody knows, and an input that does not fit', async () => {
    const unknown = task('unknown', { run: () => {} })
    await app.enqueue(unknown)
    await expect(app.drain()).rejects.toThrow(/unknown-task/)
    await app.reset()
    await enqueueRaw('send-mail', '{"to":5}')
    await expect(app.drain()).rejects.toThrow(/invalid-input/)
  })

  test('discarded, snoozed and cancelled', async () => {
    const wayward = task('wayward', {
      run: async (how: 'discard' | 'snooze' | 'cancel', job) => {
        if (how === 'discard') throw new Discard('no use')
        if (how === 'snooze' && ways.clock.now() === 0) job.snooze('1h')
        if (how === 'cancel') {
          await ways.cancel(job.id)
          await new Promise((_resolve, reject) =>
            job.signal.addEventListener('abort', () => reject(job.signal.reason)),
          )
        }
      },
    })
    await using ways = testApp({ tasks: [wayward], start: 0 })
    await ways.enqueue(wayward, 'discard')
    await expect(ways.drain()).rejects.toThrow(/failed \(discarded\): Discard: no use/)
    await ways.enqueue(wayward, 'snooze')
    await ways.enqueue(wayward, 'cancel')
    expect(await ways.drain()).toMatchObject({ ran: 2, snoozed: 1, cancelled: 1, waiting: 1 })
    expect(await ways.advance('1h')).toMatchObject({ ran: 1, succeeded: 1, waiting: 0 })
  })
})

describe('no end', () => {
  test('an attempt that hangs is named, and given back', async () => {
    const hang = task('hang', { run: () => new Promise(() => {}) })
    await using hung = testApp({ tasks: [hang] })
    const { id } = await hung.enqueue(hang)
    await expect(hung.drain({ patience: 80 })).rejects.toThrow(
      `Nothing ended within 80ms of real time; still running: hang ${id}. A slow handler needs a longer patience.`,
    )
    expect((await hung.get(id))?.state).toBe('pending')
  })

  test('a slow handler that ends in time', async () => {
    const slow = task('slow', { run: () => new Promise<void>((resolve) => setTimeout(resolve, 60)) })
    await using slower = testApp({ tasks: [slow] })
    await slower.enqueueMany(slow, [undefined, undefined, undefined])
    expect(await slower.drain({ patience: 150 })).toMatchObject({ succeeded: 3 })
  })

  test('jobs that enqueue themselves', async () => {
    const again = task('again', { run: async () => void (await endless.enqueue(again)) })
    await using endless = testApp({ tasks: [again] })
    await endless.enqueue(again)
    await expect(endless.drain({ limit: 20 })).rejects.toThrow(
      /^After 20 attempts there is still work: again 20 times/,
    )
    expect(await endless.queues.counts()).toContainEqual({ queue: 'default', state: 'succeeded', count: 20 })
  })

  test('jobs that snooze for ever', async () => {
    const sleepy = task('sleepy', { run: (_input: undefined, job) => job.snooze('1d') })
    await using drowsy = testApp({ tasks: [sleepy] })
    await drowsy.enqueue(sleepy)
    await expect(drowsy.drain({ withScheduled: true, limit: 10 })).rejects.toThrow(/After 10 attempts/)
    expect(await drowsy.advance('30d', { limit: 50 })).toMatchObject({ snoozed: 31 })
  })

  test('jobs past their expiry are cancelled and run nothing', async () => {
    const { id } = await app.enqueue(note, { name: 'late' }, { delay: '2h', expires: '1h' })
    expect(await app.drain({ withScheduled: true })).toMatchObject({ ran: 0, waiting: 0 })
    expect(await app.get(id)).toMatchObject({ state: 'cancelled', reason: 'expired' })
  })
})

describe('misuse', () => {
  test('wrong options', async () => {
    await expect(app.drain({ withSheduled: true } as never)).rejects.toThrow("Did you mean 'withScheduled'?")
    await expect(app.advance('1d', { withScheduled: true } as never)).rejects.toThrow('Unknown option')
    await expect(app.drain({ slots: 0 })).rejects.toThrow('slots must be a whole number')
    await expect(app.drain({ limit: 1.5 })).rejects.toThrow('limit must be a whole number')
    await expect(app.drain({ queues: 'mail' as never })).rejects.toThrow('queues must be a list of names')
    await expect(app.drain({ allowFailures: 1 as never })).rejects.toThrow(
      'allowFailures must be true or false',
    )
    await expect(app.advance('soon')).rejects.toThrow('advance must be a duration')
    await expect(app.advance(-1)).rejects.toThrow('negative')
  })

  test('two drains at once', async () => {
    await app.enqueue(note, { name: 'a' })
    const first = app.drain()
    await expect(app.drain()).rejects.toThrow('A drain is running already')
    expect(await first).toMatchObject({ ran: 1 })
  })

  test('faked timers', async () => {
    await app.enqueue(noop)
    vi.useFakeTimers()
    try {
      await expect(app.drain()).rejects.toThrow('drain() cannot work while timers are faked')
    } finally {
      vi.useRealTimers()
    }
    vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 1, toFake: ['setTimeout'] })
    try {
      expect(await app.drain()).toMatchObject({ succeeded: 1 })
    } finally {
      vi.useRealTimers()
    }
    await app.enqueue(noop)
    vi.useFakeTimers({ toFake: ['Date'], now: app.clock.now() })
    try {
      expect(await app.drain()).toMatchObject({ succeeded: 1 })
    } finally {
      vi.useRealTimers()
    }
  })
})
