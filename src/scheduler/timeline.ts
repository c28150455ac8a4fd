/**
 * The times of a schedule: which one comes next, and which have come.
 * @module
 */
import type { ScheduleDefinition, ScheduleTiming } from '../contract/index.ts'
import { formatDuration } from '../kit/durations.ts'
import { calendarPatterns, calendarText } from './calendar.ts'
import { type CronReading, cronAfter, cronBefore } from './cron.ts'

/** What decides a schedule's times. */
export type Times = Pick<ScheduleDefinition, 'timing' | 'startAt' | 'endAt'>

/** A schedule's first time after this one; null where there is none. */
export function nextTime({ timing, startAt, endAt }: Times, after: number): number | null {
  // One before the start, because a time at the start itself is one.
  const from = Math.max(after, (startAt ?? 0) - 1)
  const next = timingAfter(timing, from, startAt ?? 0)
  return next === null || (endAt !== null && next > endAt) ? null : next
}

/** A schedule's next times, at most `count`. */
export function nextTimes(times: Times, after: number, count: number): readonly number[] {
  const found: number[] = []
  for (let last = after; found.length < count; ) {
    const next = nextTime(times, last)
    if (next === null) break
    found.push(next)
    last = next
  }
  return found
}

/** A schedule's times from `from` to `upTo`, both included: the latest `max` of them, the earliest first. */
export function timesBetween(times: Times, from: number, upTo: number, max: number): readonly number[] {
  const { timing, startAt, endAt } = times
  const last = endAt === null ? upTo : Math.min(upTo, endAt)
  const first = Math.max(from, startAt ?? 0)
  return timingBefore(timing, last, startAt ?? 0, max)
    .filter((time) => time >= first)
    .reverse()
}

/** When it fires, in words. */
export function timingText({ timing, startAt, endAt }: Times): string {
  const start = startAt === null ? '' : ` from ${new Date(startAt).toISOString()}`
  const end = endAt === null ? '' : ` until ${new Date(endAt).toISOString()}`
  return `${bareText(timing)}${start}${end}`
}

function bareText(timing: ScheduleTiming): string {
  switch (timing.kind) {
    case 'at':
      return `at ${new Date(timing.at).toISOString()}`
    case 'every':
      return `every ${formatDuration(timing.everyMs)}`
    case 'cron':
      return `${timing.pattern} (${timing.zone})`
    case 'calendar':
      return `${calendarText(timing.rule)} (${timing.zone})`
  }
}

function timingAfter(timing: ScheduleTiming, after: number, anchor: number): number | null {
  switch (timing.kind) {
    case 'at':
      return timing.at > after ? timing.at : null
    case 'every':
      return anchor + (Math.floor((after - anchor) / timing.everyMs) + 1) * timing.everyMs
    case 'cron':
      return cronAfter(timing.pattern, cronReading(timing.zone), after)
    case 'calendar': {
      const { rule, zone } = timing
      const next = calendarPatterns(rule).map((pattern) => cronAfter(pattern, calendarReading(zone), after))
      const times = next.filter((time) => time !== null)
      return times.length === 0 ? null : Math.min(...times)
    }
  }
}

/** The latest times up to and including this one, the latest first. */
function timingBefore(timing: ScheduleTiming, upTo: number, anchor: number, max: number): number[] {
  switch (timing.kind) {
    case 'at':
      return timing.at <= upTo ? [timing.at] : []
    case 'every': {
      const last = Math.floor((upTo - anchor) / timing.everyMs)
      const count = Math.max(0, Math.min(max, last + 1))
      return Array.from({ length: count }, (_, back) => anchor + (last - back) * timing.everyMs)
    }
    case 'cron':
      return [...cronBefore(timing.pattern, cronReading(timing.zone), upTo, max)]
    case 'calendar': {
      const { rule, zone } = timing
      const times = calendarPatterns(rule).flatMap((pattern) =>
        cronBefore(pattern, calendarReading(zone), upTo, max),
      )
      return [...new Set(times)].sort((a, b) => b - a).slice(0, max)
    }
  }
}

const cronReading = (zone: string): CronReading => ({ zone, bothDays: false })
const calendarReading = (zone: string): CronReading => ({ zone, bothDays: true })
