import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidOptionError } from '../../src/contract/index.ts'
import { formatDuration, parseDuration } from '../../src/kit/durations.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

function errorOf(value: unknown): InvalidOptionError {
  try {
    parseDuration(value as string, 'retry.delay')
  } catch (error) {
    if (error instanceof InvalidOptionError) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('parseDuration', () => {
  test.each<[string | number, number]>([
    [0, 0],
    [-0, 0],
    [250, 250],
    [1.6, 2],
    ['0s', 0],
    ['250ms', 250],
    ['10m', 10 * MINUTE],
    ['10 min', 10 * MINUTE],
    ['1.5 hours', 1.5 * HOUR],
    ['.5h', HOUR / 2],
    ['2h 30m', 2.5 * HOUR],
    ['2h30m', 2.5 * HOUR],
    [' 1 day ', DAY],
    ['1 Day 2 Hours', DAY + 2 * HOUR],
    ['2w', 14 * DAY],
    ['PT10M', 10 * MINUTE],
    ['P1DT2H', DAY + 2 * HOUR],
    ['P2W', 14 * DAY],
    ['PT1.5H', 1.5 * HOUR],
    ['PT0,5S', 500],
    ['PT0S', 0],
    ['P1W2DT3H4M5S', 9 * DAY + 3 * HOUR + 4 * MINUTE + 5000],
  ])('reads %j', (value, ms) => {
    expect(Object.is(parseDuration(value, 'delay'), ms)).toBe(true)
  })

  test.each<[unknown, RegExp]>([
    [-1, /negative/],
    ['-5m', /negative/],
    [Number.NaN, /not a number/],
    [Number.POSITIVE_INFINITY, /longer than 1,000 years/],
    ['400000 days', /longer than 1,000 years/],
    ['', /empty/],
    ['   ', /empty/],
    ['10', /no unit/],
    ['10 parsecs', /unit 'parsecs' is unknown/],
    ['5m 5m', /comes twice/],
    ['m5', /not made of numbers/],
    ['5m,', /not made of numbers/],
    ['1M', /write 'm' for minutes/],
    ['2 months', /no fixed length/],
    ['1y', /no fixed length/],
    ['P1M', /no fixed length/],
    ['P1Y2DT3H', /no fixed length/],
    ['P', /not an ISO 8601/],
    ['PT', /not an ISO 8601/],
    ['P1DT', /not an ISO 8601/],
    ['P1H', /not an ISO 8601/],
    ['PT1M1H', /not an ISO 8601/],
    ['9'.repeat(200), /too long/],
    [null, /neither a number nor text/],
    [undefined, /neither a number nor text/],
    [{}, /neither a number nor text/],
    [10n, /neither a number nor text/],
  ])('refuses %s with the reason', (value, reason) => {
    const error = errorOf(value)
    expect(error.code).toBe('invalid-option')
    expect(error.field).toBe('retry.delay')
    expect(error.message).toMatch(/^retry\.delay must be a duration, got /)
    expect(error.message).toMatch(reason)
    expect(error.message).toContain("'2h 30m'")
  })
})

describe('formatDuration', () => {
  test.each([
    [0, '0ms'],
    [1500, '1s 500ms'],
    [2.5 * HOUR, '2h 30m'],
    [9 * DAY, '9d'],
    [-5 * MINUTE, '-5m'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ])('writes %d as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  test('is read back to the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 365_250 * DAY }), (ms) => {
        expect(parseDuration(formatDuration(ms), 'd')).toBe(ms)
      }),
    )
  })
})
