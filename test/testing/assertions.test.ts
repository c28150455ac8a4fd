import { afterEach, describe, expect, test } from 'vitest'
import { InvalidOptionError } from '../../src/contract/index.ts'
import { task } from '../../src/engine/task.ts'
import { encrypted } from '../../src/kit/codecs/encrypted.ts'
import { AssertionError, testApp } from '../../src/testing/index.ts'
import { noop, sendMail } from './tasks.ts'

const app = testApp({ tasks: [sendMail, noop], start: '2027-01-01T00:00:00Z' })

afterEach(() => app.reset())

/** What the assertion said. */
function saying(assertion: () => unknown): string {
  try {
    assertion()
  } catch (error) {
    expect(error).toBeInstanceOf(AssertionError)
    expect(error).toMatchObject({ name: 'AssertionError', code: 'ERR_ASSERTION' })
    return (error as Error).message
  }
  throw new Error('The assertion held.')
}

describe('matchers', () => {
  const parts = [
    { kind: 'text', size: 3 },
    { kind: 'image', size: 900 },
  ]

  test.each([
    ['nothing', undefined],
    ['no part', {}],
    ['one part', { to: 'ada@example.com' }],
    ['a RegExp', { to: /@example\.com$/ }],
    ['a predicate', (input: { to: string }) => input.to.startsWith('ada')],
    ['a predicate inside', { to: (to: string) => to.length > 3 }],
    ['nested parts', { parts: [{ kind: 'text' }, { size: 900 }] }],
    ['a runner’s matcher', expect.objectContaining({ to: 'ada@example.com' })],
    ['a runner’s matcher inside', { parts: [expect.anything(), { kind: expect.stringMatching('mag') }] }],
    ['a negated one', { to: expect.not.stringContaining('bob') }],
    ['an absent field', { to: expect.any(String), other: undefined }],
  ])('%s fits', async (_name, matcher) => {
    await app.enqueue(sendMail, { to: 'ada@example.com', parts })
    const job = app.expectEnqueued(sendMail, matcher as { to: string })
    expect(job.input).toEqual({ to: 'ada@example.com', parts })
    expect(() => app.refuteEnqueued(sendMail, matcher as { to: string })).toThrow(AssertionError)
  })

  test.each([
    [{ to: 'bob' }, `input.to: expected 'bob', got 'ada@example.com'`],
    [{ to: /bob/ }, `input.to: expected /bob/, got 'ada@example.com'`],
    [{ parts: [] }, 'input.parts.length: expected 0, got 2'],
    [{ parts: [{ size: 4 }, {}] }, 'input.parts[0].size: expected 4, got 3'],
    [{ parts: { kind: 'text' } }, `input.parts: expected { kind: 'text' }, got [ { kind: 'text', size: 3 }`],
    [{ other: null }, 'input.other: expected null, got undefined'],
    [{ to: undefined }, `input.to: expected undefined, got 'ada@example.com'`],
    [{ to: expect.any(Number) }, `input.to: expected Any<Number>, got 'ada@example.com'`],
    [() => {}, 'input: the predicate answered undefined and not true'],
    [
      () => {
        throw new Error('no')
      },
      'input: the predicate threw Error: no',
    ],
  ])('%o does not fit', async (matcher, line) => {
    await app.enqueue(sendMail, { to: 'ada@example.com', parts })
    expect(saying(() => app.expectEnqueued(sendMail, matcher as never))).toContain(`      ${line}`)
    app.refuteEnqueued(sendMail, matcher as never)
  })

  test('a Date is what it is in JSON', async () => {
    const remind = task('remind', { run: (_input: { at: Date }) => {} })
    await app.enqueue(remind, { at: new Date(5) })
    app.expectEnqueued(remind, { at: new Date(5) })
    app.expectEnqueued(remind, { at: /^1970/ })
    app.refuteEnqueued(remind, { at: new Date(6) })
  })
})

describe('conditions', () => {
  test('each holds or is named', async () => {
    const options = { priority: 3, tags: ['a', 'b'], meta: { tenant: 7 }, delay: '10m', id: 'mine' } as const
    await app.enqueue(sendMail, { to: 'ada' }, options)
    const at = Date.UTC(2027, 0, 1, 0, 10)
    app.expectEnqueued(sendMail, {}, { ...options, queue: 'mail', at, tags: ['b'], count: 1 })
    app.expectEnqueued(sendMail, {}, { delay: '9m', tolerance: '1m' })
    const wrong = {
      queue: 'x',
      priority: 1,
      tags: ['c'],
      meta: { tenant: 8 },
      delay: '9m',
      at: at + 2000,
      id: 'no',
    } as const
    expect(saying(() => app.expectEnqueued(sendMail, {}, wrong))).toBe(`\
Expected a job of task 'send-mail' to be enqueued
  with input {}
  with id 'no'
  with queue 'x'
  with priority 1
  with tags [ 'c' ]
  with meta { tenant: 8 }
  with delay 9m
  with due at 2027-01-01T00:10:02.000Z
but the job of this task:
  - send-mail, input { to: 'ada' }, queue 'mail', priority 3, delay 10m, tags [ 'a', 'b' ]
      id: expected 'no', got 'mine'
      queue: expected 'x', got 'mail'
      priority: expected 1, got 3
      tags: 'c' is not in [ 'a', 'b' ]
      meta.tenant: expected 8, got 7
      delay: expected 9m, got 10m
      due at: expected 2027-01-01T00:10:02.000Z, got 2027-01-01T00:10:00.000Z
Enqueued in all: send-mail × 1.`)
  })

  test('count', async () => {
    await app.enqueueMany(sendMail, [{ to: 'ada' }, { to: 'ada' }, { to: 'bob' }])
    app.expectEnqueued(sendMail, { to: 'ada' }, { count: 2 })
    expect(saying(() => app.expectEnqueued(sendMail, {}, { count: 2 }))).toMatch(
      /^Expected exactly 2 jobs .*\n.*\nbut 3 match:\n/,
    )
    expect(saying(() => app.expectEnqueued(sendMail, { to: 'ada' }, { count: 3 }))).toBe(`\
Expected exactly 3 jobs of task 'send-mail' to be enqueued
  with input { to: 'ada' }
but only 2 match:
  - send-mail, input { to: 'ada' }, queue 'mail'
  - send-mail, input { to: 'ada' }, queue 'mail'
and the job of this task:
  - send-mail, input { to: 'bob' }, queue 'mail'
      input.to: expected 'ada', got 'bob'
Enqueued in all: send-mail × 3.`)
  })

  test('wrong options are told from wrong jobs', () => {
    expect(() => app.expectEnqueued(sendMail, {}, { cuont: 2 } as never)).toThrow("Did you mean 'count'?")
    expect(() => app.refuteEnqueued(sendMail, {}, { count: 2 } as never)).toThrow(InvalidOptionError)
    expect(() => app.expectEnqueued(sendMail, {}, { count: 0 })).toThrow('count must be a whole number')
    expect(() => app.expectEnqueued(sendMail, {}, { delay: 'soon' })).toThrow('delay must be a duration')
    expect(() => app.expectEnqueued(sendMail, {}, { at: 'soon' })).toThrow('at must be a Date')
    expect(() => app.expectEnqueued('send-mail' as never)).toThrow('A task made with task() is needed here')
  })
})

describe('messages', () => {
  test('nothing was enqueued', async () => {
    expect(saying(() => app.expectEnqueued(noop))).toBe(
      "Expected a job of task 'noop' to be enqueued\nbut none was.\nEnqueued in all: nothing.",
    )
    await app.enqueue(sendMail, { to: 'ada' })
    expect(saying(() => app.expectEnqueued(noop))).toContain('Enqueued in all: send-mail × 1.')
  })

  test('an enqueue nobody waited for is mentioned', async () => {
    const sent = app.enqueue(noop)
    expect(saying(() => app.expectEnqueued(noop))).toContain(
      '1 enqueue is still under way: await it, or drain() first.',
    )
    await sent
    app.expectEnqueued(noop)
  })

  test('the nearest come first, and long lists are cut', async () => {
    await app.enqueueMany(
      sendMail,
      Array.from({ length: 9 }, (_, index) => ({ to: `user-${index}` })),
    )
    await app.enqueue(sendMail, { to: 'late' }, { priority: 5 })
    const message = saying(() => app.expectEnqueued(sendMail, { to: 'ada' }, { priority: 5 }))
    expect(message.split('\n')[4]).toContain("input { to: 'late' }")
    expect(message).toContain('\n  … and 5 more\n')
  })

  test('what was refuted', async () => {
    await app.enqueue(sendMail, { to: 'ada' })
    expect(saying(() => app.refuteEnqueued())).toBe(
      "Expected no job to be enqueued\nbut 1 matches:\n  - send-mail, input { to: 'ada' }, queue 'mail'",
    )
    expect(saying(() => app.refuteEnqueued(sendMail, { to: 'ada' }))).toMatch(
      /no job of task 'send-mail'.*\n {2}with input/,
    )
  })

  test('the stack starts in the test', () => {
    expect.assertions(2)
    for (const assertion of [() => app.expectEnqueued(noop), () => app.expectEnqueued(sendMail)]) {
      try {
        assertion()
      } catch (error) {
        const frames = (error as Error).stack?.split('\n').filter((line) => line.startsWith('    at '))
        expect(frames?.[0]).toContain('assertions.test.ts')
      }
    }
  })
})

describe('what counts as enqueued', () => {
  test('jobs that have run, but none that was deduplicated', async () => {
    const options = { unique: true } as const
    await app.enqueue(sendMail, { to: 'ada' }, options)
    await app.enqueue(sendMail, { to: 'ada' }, options)
    app.expectEnqueued(sendMail, {}, { count: 1 })
    await app.drain()
    app.expectEnqueued(sendMail, {}, { count: 1 })
  })

  test('a replaced job, as it is now', async () => {
    const unique = { by: 'one', onConflict: 'replace' } as const
    await app.enqueue(sendMail, { to: 'ada' }, { unique, delay: '1h' })
    await app.enqueue(sendMail, { to: 'bob' }, { unique })
    app.expectEnqueued(sendMail, { to: 'bob' }, { delay: '1h', count: 1 })
    app.refuteEnqueued(sendMail, { to: 'ada' })
    await app.enqueue(
      sendMail,
      { to: 'cyd' },
      { unique: { ...unique, onConflict: 'reschedule' }, delay: '2h' },
    )
    app.expectEnqueued(sendMail, { to: 'cyd' }, { delay: '2h', count: 1 })
  })

  test('jobs of a former name', async () => {
    const renamed = task('send-letter', { aliases: ['send-mail'], run: (_input: { to: string }) => {} })
    await app.enqueue(sendMail, { to: 'ada' })
    app.expectEnqueued(renamed, { to: 'ada' })
  })

  test('in the order in which they were stored, decoded', async () => {
    const key = Buffer.alloc(32, 7).toString('base64')
    await using coded = testApp({ codecs: [encrypted({ keys: { k1: key }, current: 'k1' })], start: 0 })
    await coded.enqueue(noop)
    await coded.enqueue(sendMail, { to: 'ada' }, { delay: 500 })
    expect(coded.enqueued().map(({ task: name }) => name)).toEqual(['noop', 'send-mail'])
    expect(coded.enqueued(sendMail)).toMatchObject([
      {
        input: { to: 'ada' },
        enqueuedAt: new Date(0),
        dueAt: new Date(500),
        delayMs: 500,
        meta: {},
        maxAttempts: 5,
      },
    ])
  })
})
