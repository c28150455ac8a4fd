/** The times of each kind of schedule. */
import { expect, test } from 'vitest'
import type { CalendarRule, ScheduleTiming } from '../../src/contract/index.ts'
import { nextTime, nextTimes, timesBetween, timingText } from '../../src/scheduler/timeline.ts'

const at = (text: string): number => Date.parse(text)
const iso = (times: readonly number[]): string[] => times.map((time) => new Date(time).toISOString())
const bare = (timing: ScheduleTiming) => ({ timing, startAt: null, endAt: null })
const cron = (pattern: string) => bare({ kind: 'cron', pattern, zone: 'UTC' })

test.each([
  ['30 2 * * MON-FRI', ['2026-01-01T02:30', '2026-01-02T02:30', '2026-01-05T02:30']],
  ['*/20 * * * * *', ['2026-01-01T00:00', '2026-01-01T00:00', '2026-01-01T00:01']],
  ['0 0 L * *', ['2026-01-31T00:00', '2026-02-28T00:00', '2026-03-31T00:00']],
  ['0 0 * * FRI#2', ['2026-01-09T00:00', '2026-02-13T00:00', '2026-03-13T00:00']],
  ['0 0 * * FRI#L', ['2026-01-30T00:00', '2026-02-27T00:00', '2026-03-27T00:00']],
  ['0 0 15W * *', ['2026-01-15T00:00', '2026-02-16T00:00', '2026-03-16T00:00']],
  ['0 0 29 2 *', ['2028-02-29T00:00', '2032-02-29T00:00', '2036-02-29T00:00']],
  ['0 0 13 * FRI', ['2026-01-02T00:00', '2026-01-09T00:00', '2026-01-13T00:00']],
  ['@monthly', ['2026-02-01T00:00', '2026-03-01T00:00', '2026-04-01T00:00']],
  ['@hourly', ['2026-01-01T01:00', '2026-01-01T02:00', '2026-01-01T03:00']],
])('cron %s', (pattern, expected) => {
  const found = nextTimes(cron(pattern), at('2026-01-01T00:00:00Z'), 3)
  expect(iso(found).map((text) => text.slice(0, 16))).toEqual(expected)
})

test.each<[CalendarRule, string[]]>([
  [{ at: ['09:00', '17:30:15'] }, ['01-01T09:00:00', '01-01T17:30:15', '01-02T09:00:00']],
  [{ at: '09:00', weekdays: 'monday' }, ['01-05T09:00:00', '01-12T09:00:00', '01-19T09:00:00']],
  [
    { at: '09:00', weekdays: ['last friday', 'first monday'] },
    ['01-05T09:00:00', '01-30T09:00:00', '02-02T09:00:00'],
  ],
  [{ at: '00:00', days: [1, 'last'] }, ['01-31T00:00:00', '02-01T00:00:00', '02-28T00:00:00']],
  [{ at: '08:00', days: 13, weekdays: 'friday' }, ['02-13T08:00:00', '03-13T08:00:00', '11-13T08:00:00']],
  [{ at: '08:00', days: 1, months: ['march', 'june'] }, ['03-01T08:00:00', '06-01T08:00:00']],
])('calendar %j', (rule, expected) => {
  const times = bare({ kind: 'calendar', rule, zone: 'UTC' })
  const found = nextTimes(times, at('2026-01-01T00:00:00Z'), expected.length)
  expect(iso(found).map((text) => text.slice(5, 19))).toEqual(expected)
})

test('an interval is counted from its start, and from 1970 where it has none', () => {
  const every = { kind: 'every', everyMs: 90_000 } as const
  const loose = bare(every)
  expect(nextTime(loose, at('2026-01-01T00:00:10Z'))).toBe(at('2026-01-01T00:01:30Z'))
  const anchored = { timing: every, startAt: at('2026-01-01T00:00:20Z'), endAt: null }
  expect(iso(nextTimes(anchored, 0, 2))).toEqual(['2026-01-01T00:00:20.000Z', '2026-01-01T00:01:50.000Z'])
  expect(nextTime(anchored, at('2026-01-01T10:00:00Z'))).toBe(at('2026-01-01T10:00:20Z'))
  expect(timesBetween(anchored, 0, at('2026-01-01T00:02:00Z'), 100)).toHaveLength(2)
})

test('start and end are times at which it may fire, and none lies outside them', () => {
  const times = {
    ...cron('0 12 * * *'),
    startAt: at('2026-01-02T12:00:00Z'),
    endAt: at('2026-01-04T12:00:00Z'),
  }
  expect(iso(nextTimes(times, 0, 10)).map((text) => text.slice(8, 13))).toEqual(['02T12', '03T12', '04T12'])
  expect(nextTime(times, at('2026-01-04T12:00:00Z'))).toBeNull()
  const seen = timesBetween(times, 0, at('2027-01-01T00:00:00Z'), 100)
  expect(iso(seen).map((text) => text.slice(8, 13))).toEqual(['02T12', '03T12', '04T12'])
})

test('once is once', () => {
  const once = bare({ kind: 'at', at: 5_000 })
  expect(nextTimes(once, 0, 3)).toEqual([5_000])
  expect(nextTime(once, 5_000)).toBeNull()
  expect(timesBetween(once, 0, 9_000, 5)).toEqual([5_000])
  expect(timesBetween(once, 0, 4_999, 5)).toEqual([])
})

test('times that have come: the latest ones, the earliest first', () => {
  const minutes = cron('* * * * *')
  const found = timesBetween(minutes, at('2026-01-01T00:00:00Z'), at('2026-01-01T00:10:00Z'), 3)
  expect(iso(found).map((text) => text.slice(11, 16))).toEqual(['00:08', '00:09', '00:10'])
  expect(timesBetween(minutes, at('2026-01-01T00:09:30Z'), at('2026-01-01T00:09:59Z'), 3)).toEqual([])
})

test('a schedule in words', () => {
  expect(timingText(cron('@daily'))).toBe('@daily (UTC)')
  expect(timingText({ ...bare({ kind: 'every', everyMs: 90_000 }), startAt: 0 })).toBe(
    'every 1m 30s from 1970-01-01T00:00:00.000Z',
  )
  const rule = { at: '09:00', weekdays: ['first monday'], months: 'may' } as const
  expect(timingText(bare({ kind: 'calendar', rule, zone: 'Europe/Berlin' }))).toBe(
    '09:00 on first monday in may (Europe/Berlin)',
  )
})
