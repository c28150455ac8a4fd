import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { InvalidOptionError } from '../../../src/contract/index.ts'
import { TaskRegistry } from '../../../src/engine/registry.ts'
import { readDefaults } from '../../../src/engine/resolve.ts'
import { task } from '../../../src/engine/task.ts'

/** Calls as JavaScript would, past the compiler. */
const loosely = task as unknown as (name: unknown, options?: unknown) => unknown

function thrown(work: () => unknown): InvalidOptionError {
  try {
    work()
  } catch (error) {
    if (error instanceof InvalidOptionError) return error
    throw error
  }
  throw new Error('It did not throw')
}

describe('task()', () => {
  const run = () => {}
  const bad: readonly [string, unknown, string][] = [
    ['an option that does not exist', { priorty: 1 }, 'priorty'],
    ['options that are no object', 'run', "task 'x'"],
    ['an empty queue', { queue: '' }, 'queue'],
    ['a queue with a control character', { queue: 'a\nb' }, 'queue'],
    ['a priority out of range', { priority: 101 }, 'priority'],
    ['a priority that is not whole', { priority: 0.5 }, 'priority'],
    ['no attempts', { retry: 0 }, 'retry'],
    ['attempts as text', { retry: { attempts: '5' } }, 'retry.attempts'],
    ['an unknown backoff', { retry: { backoff: 'exponental' } }, 'retry.backoff'],
    ['an unknown field of retry', { retry: { attempt: 3 } }, 'attempt'],
    ['a negative delay', { retry: { delay: -1 } }, 'retry.delay'],
    ['a longest delay below the delay', { retry: { delay: '1m', maxDelay: '1s' } }, 'retry.maxDelay'],
    ['jitter that is no boolean', { retry: { jitter: 1 } }, 'retry.jitter'],
    ['retry: true', { retry: true }, 'retry'],
    ['a timeout of 0', { timeout: 0 }, 'timeout'],
    ['a timeout without unit', { timeout: '10' }, 'timeout'],
    ['an expiry that is no duration', { expires: 'soon' }, 'expires'],
    ['too many tags', { tags: Array.from({ length: 21 }, (_, index) => `t${index}`) }, 'tags'],
    ['a tag that is too long', { tags: ['x'.repeat(101)] }, 'tags[0]'],
    ['tags as text', { tags: 'mail' }, 'tags'],
    ['meta that is no object', { meta: [1] }, 'meta'],
    ['meta that is not JSON', { meta: { a: { b: 1n } } }, 'meta.a.b'],
    ['meta that is too large', { meta: { a: 'x'.repeat(70_000) } }, 'meta'],
    ['an unknown state in unique', { unique: { while: ['actve'] } }, 'unique.while'],
    ['an unknown conflict', { unique: { onConflict: 'throw' } }, 'unique.onConflict'],
    ['a unique period of 0', { unique: { for: 0 } }, 'unique.for'],
    ['unique by a number', { unique: { by: 7 } }, 'unique.by'],
    ['an input that is no schema', { input: { type: 'object' } }, 'input'],
    ['an output that is no schema', { output: String }, 'output'],
    ['a version of 0', { version: 0 }, 'version'],
    ['migrate without a version', { migrate: (value: unknown) => value }, 'migrate'],
    ['an alias that is the name', { aliases: ['x'] }, 'aliases[0]'],
    ['an alias given twice', { aliases: ['a', 'a'] }, 'aliases[1]'],
    ['aliases as text', { aliases: 'a' }, 'aliases'],
    ['a run that is no function', { run: 'run' }, 'run'],
    ['two handlers', { run, runMany: run }, 'runMany'],
    ['an unknown isolation', { isolate: 'worker', run }, 'isolate'],
    ['an unknown field of isolate', { isolate: { in: 'thread', memory: 1 }, run }, 'memory'],
    ['memory that is no number', { isolate: { in: 'thread', memoryMiB: '64' }, run }, 'isolate.memoryMiB'],
    ['a batch of none', { batchSize: 0, runMany: run }, 'batchSize'],
    ['a batch for a handler of one', { batchSize: 10, run }, 'batchSize'],
    ['a wait that is no duration', { batchWait: 'x', runMany: run }, 'batchWait'],
  ]
  test.each(bad)('refuses %s', (_, options, field) => {
    const error = thrown(() => loosely('x', options))
    expect(error.field).toBe(field)
    expect(error.message).toMatch(/^Task 'x': /)
    expect(error.task).toBe('x')
  })

  test('suggests what was meant', () => {
    expect(thrown(() => loosely('x', { priorty: 1 })).message).toContain("Did you mean 'priority'?")
    expect(thrown(() => loosely('x', { retry: { backoff: 'exponental' } })).message).toContain(
      "'exponential'",
    )
  })

  test.each([[''], ['x'.repeat(129)], [7], ['a\u0000b'], [undefined]])('refuses the name %j', (name) => {
    expect(thrown(() => loosely(name)).field).toBe('name')
  })

  test('is frozen, and does not follow later changes of the options', () => {
    const options = { priority: 1, run }
    const made = task('x', options)
    options.priority = 2
    expect(made.options.priority).toBe(1)
    expect(Object.isFrozen(made.options)).toBe(true)
  })

  test('a declaration becomes runnable by handle or handleMany, once', () => {
    const declared = task('x', { input: z.object({ a: z.number() }), priority: 3 })
    expect(declared.runnable).toBe(false)
    const handled = declared.handle(() => 'done')
    expect(handled.runnable).toBe(true)
    expect(handled.options.priority).toBe(3)
    expect(declared.runnable).toBe(false)
    expect(declared.handleMany(() => []).options.runMany).toBeDefined()
    expect(thrown(() => handled.handle(() => '')).message).toContain('has a handler already')
    expect(thrown(() => declared.handle('x' as never)).field).toBe('run')
  })
})

describe('TaskRegistry', () => {
  test('finds tasks by name and alias', () => {
    const registry = new TaskRegistry()
    const mail = task('mail', { aliases: ['send-mail'], queue: 'mail', run() {} })
    registry.add(mail)
    registry.add(mail)
    registry.add(task('other'))
    expect(registry.find('mail')).toBe(mail)
    expect(registry.find('send-mail')).toBe(mail)
    expect(registry.find('nothing')).toBeUndefined()
    expect(registry.names()).toEqual(['mail', 'send-mail', 'other'])
    expect(registry.tasks).toHaveLength(2)
    expect(registry.queues()).toEqual(['mail', 'default'])
  })

  test('refuses names that are taken, and then adds none of them', () => {
    const registry = new TaskRegistry()
    registry.add(task('a', { aliases: ['b'] }))
    expect(thrown(() => registry.add(task('a'))).message).toContain('another task has this name')
    expect(thrown(() => registry.add(task('b'))).message).toContain("task 'a' has this name as an alias")
    expect(thrown(() => registry.add(task('d', { aliases: ['c', 'a'] }))).message).toContain("alias 'a'")
    expect(registry.find('c')).toBeUndefined()
    expect(registry.find('d')).toBeUndefined()
  })

  test('refuses what is no task', () => {
    const registry = new TaskRegistry()
    registry.add(task('a'))
    for (const none of [undefined, null, 'a', {}, { name: 'a', options: {} }]) {
      expect(thrown(() => registry.add(none as never)).field).toBe('task')
    }
    expect(thrown(() => registry.policy('a' as never)).message).toContain('not its name')
  })

  test('puts the app’s defaults under the task’s options', () => {
    const registry = new TaskRegistry(
      readDefaults({
        queue: 'slow',
        retry: { attempts: 3, delay: '1s' },
        timeout: '1m',
        expires: '1h',
        tags: ['app'],
        meta: { app: 'shop', level: 1 },
      }),
    )
    const policy = registry.policy(task('x', { retry: { attempts: 7 }, tags: ['own'], meta: { level: 2 } }))
    expect(policy).toMatchObject({
      queue: 'slow',
      priority: 0,
      maxAttempts: 7,
      timeoutMs: 60_000,
      expiresInMs: 3_600_000,
      tags: ['own'],
      meta: { app: 'shop', level: 2 },
    })
    expect(policy.retry.rule.delayMs).toBe(1000)
    expect(registry.policy(task('y', { queue: 'fast', retry: false })).maxAttempts).toBe(1)
  })

  test('has the documented defaults', () => {
    const policy = new TaskRegistry().policy(task('x'))
    expect(policy).toMatchObject({
      queue: 'default',
      priority: 0,
      maxAttempts: 5,
      timeoutMs: null,
      expiresInMs: null,
    })
    expect(policy.retry).toEqual({
      maxAttempts: 5,
      rule: { backoff: 'exponential', delayMs: 5000, maxDelayMs: 600_000, jitter: true },
      backoff: null,
    })
  })

  test('refuses defaults that do not exist or do not fit', () => {
    expect(thrown(() => readDefaults({ unique: true } as never)).field).toBe('unique')
    expect(thrown(() => readDefaults({ priority: 1000 })).field).toBe('priority')
  })
})
