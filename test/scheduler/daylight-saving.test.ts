/** Real zones, both directions: nothing fires twice, nothing is left out. */
import { describe, expect, test } from 'vitest'
import type { ScheduleTiming } from '../../src/contract/index.ts'
import { nextTimes, timesBetween } from '../../src/scheduler/timeline.ts'

const DAY = 86_400_000

/** The times of a few days, as the store sees them and as a clock on the wall shows them. */
function shown(timing: ScheduleTiming & { zone: string }, from: string, count: number): string[] {
  const times = nextTimes({ timing, startAt: null, endAt: null }, Date.parse(from), count)
  return times.map((time) => `${new Date(time).toISOString().slice(0, 16)}Z ${onTheWall(time, timing.zone)}`)
}

function onTheWall(time: number, zone: string): string {
  return new Date(time).toLocaleString('sv', { timeZone: zone }).slice(0, 16)
}

const cron = (pattern: string, zone: string) => ({ kind: 'cron', pattern, zone }) as const
const daily = (at: string, zone: string) => ({ kind: 'calendar', rule: { at }, zone }) as const

describe.each([
  {
    zone: 'Europe/Berlin',
    time: '02:30',
    spring: '2026-03-27T12:00:00Z',
    forward: [
      '03-28T01:30Z 2026-03-28 02:30',
      '03-29T01:00Z 2026-03-29 03:00',
      '03-30T00:30Z 2026-03-30 02:30',
    ],
    autumn: '2026-10-23T12:00:00Z',
    back: ['10-24T00:30Z 2026-10-24 02:30', '10-25T00:30Z 2026-10-25 02:30', '10-26T01:30Z 2026-10-26 02:30'],
  },
  {
    zone: 'America/New_York',
    time: '02:30',
    spring: '2026-03-06T12:00:00Z',
    forward: [
      '03-07T07:30Z 2026-03-07 02:30',
      '03-08T07:00Z 2026-03-08 03:00',
      '03-09T06:30Z 2026-03-09 02:30',
    ],
    autumn: '2026-10-30T12:00:00Z',
    back: ['10-31T06:30Z 2026-10-31 02:30', '11-01T07:30Z 2026-11-01 02:30', '11-02T07:30Z 2026-11-02 02:30'],
  },
  {
    // Half an hour, and the other way round in the year.
    zone: 'Australia/Lord_Howe',
    time: '02:15',
    spring: '2026-10-02T12:00:00Z',
    forward: [
      '10-02T15:45Z 2026-10-03 02:15',
      '10-03T15:30Z 2026-10-04 02:30',
      '10-04T15:15Z 2026-10-05 02:15',
    ],
    autumn: '2026-04-03T12:00:00Z',
    back: ['04-03T15:15Z 2026-04-04 02:15', '04-04T15:45Z 2026-04-05 02:15', '04-05T15:45Z 2026-04-06 02:15'],
  },
])('$zone', ({ zone, time, spring, forward, autumn, back }) => {
  const [hour, minute] = time.split(':').map(Number)
  const both = [cron(`${minute} ${hour} * * *`, zone), daily(time, zone)]
  test.each(both)('a time of day that is skipped fires once, right after the gap ($kind)', (timing) => {
    expect(shown(timing, spring, 3)).toEqual(forward.map((one) => `2026-${one}`))
  })

  test.each(both)('a day whose clock is set back fires once ($kind)', (timing) => {
    expect(shown(timing, autumn, 3)).toEqual(back.map((one) => `2026-${one}`))
  })

  test.each(both)('what was missed is the same as what would have come ($kind)', (timing) => {
    const times = { timing, startAt: null, endAt: null }
    for (const from of [spring, autumn]) {
      const ahead = nextTimes(times, Date.parse(from), 5)
      expect(timesBetween(times, Date.parse(from), Date.parse(from) + 5 * DAY, 100)).toEqual(ahead)
    }
  })

  test.each([spring, autumn])('every quarter of an hour goes by the real time around %s', (from) => {
    const times = { timing: cron('*/15 * * * *', zone), startAt: null, endAt: null }
    const found = nextTimes(times, Date.parse(from), 4 * 24 * 3)
    const gaps = new Set(found.map((one, index) => one - (found[index - 1] ?? one - 900_000)))
    expect([...gaps]).toEqual([900_000])
  })
})

test.each([
  ['Europe/Berlin', '2026-10-24T23:45:00Z', ['00:30', '01:30', '02:30']],
  ['America/New_York', '2026-11-01T04:45:00Z', ['05:30', '06:30', '07:30']],
])('a time that comes twice on the wall fires both times where it is hourly: %s', (zone, from, expected) => {
  const times = { timing: cron('30 * * * *', zone), startAt: null, endAt: null }
  const found = nextTimes(times, Date.parse(from), 3)
  expect(found.map((time) => new Date(time).toISOString().slice(11, 16))).toEqual(expected)
})

test('a time of day in the hour that comes twice fires the first time only', () => {
  expect(shown(cron('30 1 * * *', 'America/New_York'), '2026-10-31T12:00:00Z', 2)).toEqual([
    '2026-11-01T05:30Z 2026-11-01 01:30',
    '2026-11-02T06:30Z 2026-11-02 01:30',
  ])
  expect(shown(daily('01:45', 'Australia/Lord_Howe'), '2026-04-04T12:00:00Z', 2)).toEqual([
    '2026-04-04T14:45Z 2026-04-05 01:45',
    '2026-04-05T15:15Z 2026-04-06 01:45',
  ])
})
