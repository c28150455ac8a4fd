import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  InvalidOptionError,
  InvalidPayloadError,
  type NewJob,
  PayloadTooLargeError,
} from '../../../src/contract/index.ts'
import { prepareJob } from '../../../src/engine/client/prepare.ts'
import { TaskRegistry } from '../../../src/engine/registry.ts'
import { readDefaults } from '../../../src/engine/resolve.ts'
import { task } from '../../../src/engine/task.ts'

const rules = { registry: new TaskRegistry(), codecs: [], maxPayloadBytes: 1000 }
const plain = task('plain', { run: (_input: unknown) => {} })

function prepare(of: unknown, input?: unknown, options?: unknown): NewJob {
  const job = prepareJob(rules, of as typeof plain, input, options as undefined)
  if (job instanceof Promise) throw new Error('It is asynchronous')
  return job
}

function thrown(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}

describe('the job that is stored', () => {
  test('has every field, the defaults filled in', () => {
    const job = prepare(plain, { a: 1 })
    expect(job).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      task: 'plain',
      queue: 'default',
      priority: 0,
      payload: '{"a":1}',
      version: 1,
      maxAttempts: 5,
      delayMs: 0,
      dueAt: null,
      expiresInMs: null,
      expiresAt: null,
      timeoutMs: null,
      retry: null,
      tags: [],
      meta: null,
      unique: null,
    })
  })

  test('has the same fields in the same order with and without options', () => {
    const called = prepare(
      plain,
      {},
      { priority: 1, tags: ['a'], meta: {}, unique: true, retry: { delay: 1 } },
    )
    expect(Object.keys(called)).toEqual(Object.keys(prepare(plain, {})))
  })

  test('takes the call’s options before the task’s before the app’s', () => {
    const registry = new TaskRegistry(readDefaults({ queue: 'app', priority: 1, expires: '1h' }))
    const near = task('near', {
      priority: 2,
      timeout: '1m',
      tags: ['task'],
      meta: { a: 1, b: 1 },
      version: 3,
    })
    const job = prepareJob({ ...rules, registry }, near, undefined, {
      id: 'chosen',
      priority: 3,
      tags: ['call', 'call'],
      meta: { b: 2 },
      timeout: '2m',
      delay: '10m',
      expires: new Date(5000),
    })
    expect(job).toMatchObject({
      id: 'chosen',
      queue: 'app',
      priority: 3,
      version: 3,
      payload: '',
      tags: ['call'],
      meta: { a: 1, b: 2 },
      timeoutMs: 120_000,
      delayMs: 600_000,
      dueAt: null,
      expiresInMs: null,
      expiresAt: 5000,
    })
  })

  test('has a retry rule of its own only where the call changes the delays', () => {
    const often = task('often', { retry: { attempts: 9, delay: '1s', backoff: 'linear' } })
    expect(prepare(often, undefined, { retry: 2 })).toMatchObject({ maxAttempts: 2, retry: null })
    expect(prepare(often, undefined, { retry: false })).toMatchObject({ maxAttempts: 1, retry: null })
    expect(prepare(often, undefined, { retry: { delay: '2s' } })).toMatchObject({
      maxAttempts: 9,
      retry: { backoff: 'linear', delayMs: 2000, maxDelayMs: 600_000, jitter: false },
    })
  })

  test('cannot take a backoff function along', () => {
    const own = task('own', { retry: { backoff: () => 1 } })
    expect(prepare(own, undefined, { retry: 2 })).toMatchObject({ maxAttempts: 2, retry: null })
    expect(prepare(own, undefined, { retry: { backoff: 'fixed' } }).retry).toMatchObject({ backoff: 'fixed' })
    expect(thrown(() => prepare(own, undefined, { retry: { delay: 1 } }))).toMatchObject({
      field: 'retry.backoff',
    })
    expect(thrown(() => prepare(plain, undefined, { retry: { backoff: () => 1 } }))).toMatchObject({
      field: 'retry.backoff',
    })
  })

  test.each([
    [new Date(1000), 1000],
    [1000, 1000],
    ['1970-01-01T00:00:01Z', 1000],
    ['1970-01-01T01:00:01.000+01:00', 1000],
  ])('is due at %o', (at, dueAt) => {
    expect(prepare(plain, undefined, { at }).dueAt).toBe(dueAt)
  })

  test('copies tags and meta, so that later changes do not reach the batch', () => {
    const options = { tags: ['a'], meta: { list: [1] } }
    const job = prepare(plain, undefined, options)
    options.tags.push('b')
    options.meta.list.push(2)
    expect(job).toMatchObject({ tags: ['a'], meta: { list: [1] } })
  })
})

describe('bad options of a call', () => {
  const bad: readonly [unknown, string][] = [
    [{ prioritty: 1 }, 'prioritty'],
    [null, 'enqueue'],
    ['10m', 'enqueue'],
    [{ delay: -1 }, 'delay'],
    [{ delay: 'soon' }, 'delay'],
    [{ delay: 1, at: 1 }, 'at'],
    [{ at: 'tomorrow' }, 'at'],
    [{ at: '2027-01-01T00:00:00' }, 'at'],
    [{ at: new Date(Number.NaN) }, 'at'],
    [{ at: -1 }, 'at'],
    [{ at: 1.5 }, 'at'],
    [{ expires: new Date(Number.NaN) }, 'expires'],
    [{ expires: 0 }, 'expires'],
    [{ id: '' }, 'id'],
    [{ id: 'x'.repeat(129) }, 'id'],
    [{ id: 7 }, 'id'],
    [{ queue: '' }, 'queue'],
    [{ retry: { maxDelay: '1s' } }, 'retry.maxDelay'],
    [{ unique: { by: ['a'] } }, 'unique.by'],
    [{ unique: { by: () => '' } }, 'unique.by'],
  ]
  test.each(bad)('%j', (options, field) => {
    const error = thrown(() => prepare(task('with-delay', { retry: { delay: '2s' } }), undefined, options))
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect(error).toMatchObject({ field })
  })
})

describe('inputs', () => {
  const user = task('user', { input: z.object({ user: z.object({ ids: z.array(z.number()) }) }) })

  test.each([
    [1n, ''],
    [{ a: () => {} }, 'a'],
    [{ a: Number.NaN }, 'a'],
    [[new Map()], '[0]'],
  ])('refuses %o', (input, path) => {
    const error = thrown(() => prepare(plain, input))
    expect(error).toBeInstanceOf(InvalidPayloadError)
    expect((error as InvalidPayloadError).issues[0]?.path).toBe(path)
  })

  test('refuses a cycle', () => {
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    expect(thrown(() => prepare(plain, cycle))).toBeInstanceOf(InvalidPayloadError)
  })

  test('refuses what is too large', () => {
    const error = thrown(() => prepare(plain, 'ü'.repeat(500)))
    expect(error).toBeInstanceOf(PayloadTooLargeError)
    expect(error).toMatchObject({ limit: 1000, bytes: 1002 })
  })

  test('names what does not fit the schema, with its path', () => {
    const error = thrown(() => prepare(user, { user: { ids: [1, '2'] } })) as InvalidPayloadError
    expect(error).toBeInstanceOf(InvalidPayloadError)
    expect(error.issues).toEqual([{ path: 'user.ids[1]', message: expect.any(String) }])
    expect(error.message).toMatch(/^The input of task 'user' is invalid: user\.ids\[1\]: /)
    expect(error).toMatchObject({ task: 'user', field: 'user.ids[1]' })
    expect(thrown(() => prepare(user))).toBeInstanceOf(InvalidPayloadError)
  })

  test('are stored as given, not as parsed', () => {
    const parsing = task('parsing', {
      input: z.object({ n: z.string().transform(Number), d: z.number().default(5) }),
    })
    expect(prepare(parsing, { n: '7', extra: true }).payload).toBe('{"n":"7","extra":true}')
  })

  test('are checked in the form the worker will see', () => {
    const dated = task('dated', { input: z.object({ at: z.date() }) })
    const error = thrown(() => prepare(dated, { at: new Date() })) as Error
    expect(error).toBeInstanceOf(InvalidPayloadError)
    expect(error.message).toContain('JSON form')
    const coerced = task('coerced', { input: z.object({ at: z.coerce.date() }) })
    expect(prepare(coerced, { at: new Date(0) }).payload).toBe('{"at":"1970-01-01T00:00:00.000Z"}')
    const optional = task('optional', { input: z.strictObject({ a: z.string().optional() }) })
    expect(prepare(optional, { a: undefined }).payload).toBe('{}')
  })

  test('wait for an asynchronous schema', async () => {
    const slow = task('slow', { input: z.object({ a: z.number().refine(async (a) => a > 0, 'too small') }) })
    await expect(prepareJob(rules, slow, { a: 1 }, undefined)).resolves.toMatchObject({ payload: '{"a":1}' })
    await expect(prepareJob(rules, slow, { a: 0 }, undefined)).rejects.toMatchObject({
      issues: [{ path: 'a', message: 'too small' }],
    })
  })

  test('a schema that throws is reported with its cause', async () => {
    const cause = new Error('broken')
    const failing = () => {
      throw cause
    }
    const schema = (validate: () => never) =>
      ({ '~standard': { version: 1, vendor: 'test', validate } }) as const
    const error = thrown(() => prepare(task('throwing', { input: schema(failing) }), {}))
    expect(error).toMatchObject({ code: 'invalid-payload', cause })
    const rejecting = task('rejecting', { input: z.object({}).refine(failing) })
    await expect(prepareJob(rules, rejecting, {}, undefined)).rejects.toMatchObject({ cause })
  })
})
