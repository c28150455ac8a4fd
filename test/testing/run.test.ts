import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { InvalidPayloadError, type MiddlewareHooks } from '../../src/contract/index.ts'
import { task } from '../../src/engine/task.ts'
import { Discard } from '../../src/engine/throwables.ts'
import { compressed } from '../../src/kit/codecs/compressed.ts'
import { RunError, testApp } from '../../src/testing/index.ts'
import { flaky, noop, sendMail } from './tasks.ts'

const talk = task('talk', {
  run: async (input: { words: number }, job) => {
    for (let word = 1; word <= input.words; word += 1) {
      job.log.info(`word ${word}`, { word })
      job.progress((100 * word) / input.words, `word ${word}`)
    }
    return { attempt: job.attempt, tags: job.tags, queue: job.queue, meta: job.meta }
  },
})

describe('what it answers', () => {
  test('output, logs, progress and attempts', async () => {
    await using app = testApp({ tasks: [talk] })
    const result = await app.run(talk, { words: 2 }, { tags: ['a'], queue: 'q', meta: { tenant: 1 } })
    expect(result).toMatchObject({
      state: 'succeeded',
      output: { attempt: 1, tags: ['a'], queue: 'q', meta: { tenant: 1 } },
      error: undefined,
      reason: null,
      againInMs: null,
      logs: [{ message: 'word 1', level: 'info', fields: { word: 1 } }, { message: 'word 2' }],
      progress: { percent: 100, note: 'word 2' },
      attempts: [{ attempt: 1, outcome: 'succeeded' }],
    })
  })

  test('through schema, codecs and middleware, and leaves the app’s store alone', async () => {
    const calls: string[] = []
    const noting = (name: string): MiddlewareHooks => ({
      enqueue: (call, next) => {
        calls.push(`${name} enqueue`)
        return next(call)
      },
      run: (_job, input, next) => {
        calls.push(`${name} run`)
        return next(input)
      },
    })
    await using app = testApp({ codecs: [compressed()], middleware: [noting('given')] })
    app.use(noting('used'))
    const { output } = await app.run(sendMail, { to: 'ada' })
    expect(output.messageId).toBe('message to ada')
    expect(calls).toEqual(['given enqueue', 'used enqueue', 'given run', 'used run'])
    app.refuteEnqueued()
    expect(await app.list()).toEqual({ jobs: [], next: null })
    await expect(app.run(sendMail, { to: 5 as never })).rejects.toThrow(InvalidPayloadError)
  })

  test('an output that does not fit its schema fails', async () => {
    const wrong = task('wrong', { output: z.object({ a: z.number() }), run: () => ({ a: 'x' as never }) })
    await using app = testApp()
    await expect(app.run(wrong)).rejects.toThrow("output of task 'wrong' is invalid")
  })

  test('what the handler enqueues goes to the app it knows', async () => {
    const parent = task('parent', { run: async () => void (await app.enqueue(sendMail, { to: 'child' })) })
    await using app = testApp({ tasks: [parent, sendMail] })
    await app.run(parent)
    app.expectEnqueued(sendMail, { to: 'child' }, { count: 1 })
    app.refuteEnqueued(parent)
  })
})

describe('failures', () => {
  test('the handler’s own error, itself', async () => {
    class CardDeclined extends Error {
      readonly card = 7
    }
    const declined = new CardDeclined('no')
    const pay = task('pay', {
      run: () => {
        throw declined
      },
    })
    await using app = testApp()
    await expect(app.run(pay)).rejects.toBe(declined)
    const result = await app.run(pay, undefined, { allowFailures: true })
    expect(result).toMatchObject({
      state: 'retrying',
      output: undefined,
      reason: null,
      attempts: [{ outcome: 'retried' }],
    })
    expect(result.error).toBe(declined)
    expect(result.againInMs).toBeGreaterThanOrEqual(0)
  })

  test('what is no error, discarded, timed out', async () => {
    const odd = task('odd', {
      run: async (how: string, job) => {
        if (how === 'string') throw 'just text'
        if (how === 'discard') throw new Discard('no use')
        await new Promise((resolve) => job.signal.addEventListener('abort', resolve))
        throw new Error('after the timeout')
      },
    })
    await using app = testApp()
    await expect(app.run(odd, 'string')).rejects.toBe('just text')
    await expect(app.run(odd, 'discard')).rejects.toThrow(Discard)
    await expect(app.run(odd, 'hang', { timeout: 30 })).rejects.toMatchObject({ name: 'JobTimeoutError' })
  })

  test('snoozed is neither', async () => {
    const sleepy = task('sleepy', { run: (_input: undefined, job): string => job.snooze('5m') })
    await using app = testApp()
    const error = await app.run(sleepy).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(RunError)
    expect((error as Error).message).toMatch(
      /^Task 'sleepy' did not succeed: its job is scheduled, to run again in 5m\./,
    )
    expect((error as RunError).result.againInMs).toBe(300_000)
    expect(await app.run(sleepy, undefined, { allowFailures: true })).toMatchObject({ state: 'scheduled' })
  })
})

describe('attempts', () => {
  test('as a later one', async () => {
    await using app = testApp()
    expect(await app.run(flaky, { until: 3 }, { attempt: 3 })).toMatchObject({
      output: 3,
      attempts: [{ attempt: 3 }],
    })
    expect(await app.run(flaky, { until: 9 }, { attempt: 3, allowFailures: true })).toMatchObject({
      state: 'failed',
      reason: 'exhausted',
    })
    await expect(app.run(flaky, { until: 9 }, { attempt: 4 })).rejects.toThrow(
      'attempt is 4, and the job has 3',
    )
    await expect(app.run(flaky, { until: 9 }, { attempt: 0 })).rejects.toThrow(
      'attempt must be a whole number',
    )
  })

  test('through all of them, while the app’s clock stands still', async () => {
    await using app = testApp({ start: 0 })
    const { attempts, output } = await app.run(flaky, { until: 3 }, { retries: true })
    expect(output).toBe(3)
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['retried', 'retried', 'succeeded'])
    expect(attempts[2]?.startedAt).toBe(1_200_000)
    expect(app.clock.now()).toBe(0)
  })
})

describe('whose handler', () => {
  test('a declaration runs with the handler the app knows', async () => {
    const declared = task('declared', { input: z.object({ n: z.number() }) })
    await using app = testApp({ tasks: [declared.handle(({ n }) => n * 2)] })
    expect((await app.run(declared, { n: 4 })).output).toBe(8)
    await using empty = testApp()
    await expect(empty.run(declared, { n: 4 })).rejects.toThrow("Task 'declared' has no handler here")
    empty.register(declared.handle(() => 1))
    expect((await empty.run(declared, { n: 4 })).output).toBe(1)
  })

  test('an isolated one runs here, where mocks reach it', async () => {
    const spy = vi.fn(() => process.pid)
    const heavy = task('heavy', { isolate: 'process', run: spy })
    await using app = testApp({ tasks: [heavy] })
    expect((await app.run(heavy)).output).toBe(process.pid)
    const receipt = await app.enqueue(heavy)
    await app.drain()
    expect(await app.result(receipt)).toBe(process.pid)
    expect(spy).toHaveBeenCalledTimes(2)
  })

  test('many jobs at once', async () => {
    const sums = task('sums', {
      runMany: (items: readonly { input: { n: number } }[]) =>
        items.map(({ input }) =>
          input.n > 0
            ? { ok: true as const, output: input.n }
            : { ok: false as const, error: new Error('no') },
        ),
    })
    await using app = testApp()
    expect((await app.run(sums, { n: 1 } as never)).output).toBe(1)
    await expect(app.run(sums, { n: 0 } as never)).rejects.toThrow('no')
  })

  test('wrong options', async () => {
    await using app = testApp()
    await expect(app.run(noop, undefined, { delay: '1h' } as never)).rejects.toThrow('delay')
    await expect(app.run(noop, undefined, { quueue: 'x' } as never)).rejects.toThrow("Did you mean 'queue'?")
    await expect(app.run('noop' as never, undefined as never)).rejects.toThrow(
      'A task made with task() is needed here',
    )
  })
})
