import { describe, expect, test } from 'vitest'
import { readAppOptions } from '../../src/app/app-options.ts'
import { readRetention } from '../../src/app/retention.ts'
import { InvalidOptionError } from '../../src/contract/index.ts'

const DAY_MS = 86_400_000

describe('readAppOptions', () => {
  test('has the documented defaults', () => {
    expect(readAppOptions({})).toMatchObject({
      backend: 'sqlite:millrace.db',
      tasks: [],
      codecs: [],
      maxPayloadBytes: 1_048_576,
      worker: {},
      module: undefined,
    })
  })

  test.each([
    [{ task: [] }, 'task'],
    [null, 'millrace()'],
    [{ backend: 7 }, 'backend'],
    [{ backend: 'amqp:' }, 'backend'],
    [{ backend: { enqueue() {} } }, 'backend'],
    [{ tasks: {} }, 'tasks'],
    [{ middleware: {} }, 'middleware'],
    [{ codecs: [{ name: 'X' }] }, 'codecs[0]'],
    [{ maxPayloadBytes: 0 }, 'maxPayloadBytes'],
    [{ module: 7 }, 'module'],
    [{ defaults: { unique: true } }, 'unique'],
    [{ defaults: { retry: { delay: 'x' } } }, 'retry.delay'],
    [{ retention: { completed: 'forever' } }, 'completed'],
  ])('refuses %j', (options, field) => {
    let error: unknown
    try {
      readAppOptions(options as never)
    } catch (caught) {
      error = caught
    }
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect(error).toMatchObject({ field })
  })
})

describe('readRetention', () => {
  test('has the documented defaults', () => {
    expect(readRetention({})).toEqual([
      { state: 'succeeded', maxAgeMs: 7 * DAY_MS, maxCount: 100_000 },
      { state: 'failed', maxAgeMs: 90 * DAY_MS, maxCount: 100_000 },
      { state: 'cancelled', maxAgeMs: 7 * DAY_MS, maxCount: 100_000 },
    ])
  })

  test('lifts limits one by one, or both', () => {
    const rules = readRetention({
      succeeded: { age: null },
      failed: 'forever',
      cancelled: { age: '1h', count: 0 },
    })
    expect(rules).toEqual([
      { state: 'succeeded', maxAgeMs: null, maxCount: 100_000 },
      { state: 'cancelled', maxAgeMs: 3_600_000, maxCount: 0 },
    ])
    expect(readRetention({ succeeded: { age: null, count: null } })).toHaveLength(2)
  })

  test.each([
    [{ failed: 'always' }, 'retention.failed'],
    [{ failed: { age: -1 } }, 'retention.failed.age'],
    [{ failed: { count: 1.5 } }, 'retention.failed.count'],
    [{ failed: { counts: 1 } }, 'counts'],
  ])('refuses %j', (options, field) => {
    expect(() => readRetention(options as never)).toThrow(expect.objectContaining({ field }))
  })
})
