/**
 * When a schedule fires: the options that say so, checked.
 * @module
 */
import type { ScheduleDefinition, ScheduleTimes, ScheduleTiming } from '../contract/index.ts'
import { InvalidOptionError } from '../contract/index.ts'
import { parseDuration } from '../kit/durations.ts'
import { decodeJson, encodeJson } from '../kit/json.ts'
import { readTime } from '../kit/moment.ts'
import { show } from '../kit/show.ts'
import { calendarPatterns } from './calendar.ts'
import { checkCron, checkZone } from './cron.ts'

/** The options that are about time. */
export const TIME_KEYS = ['cron', 'calendar', 'every', 'at', 'zone', 'start', 'end'] as const

const KINDS = ['cron', 'calendar', 'every', 'at'] as const
/** A shorter interval is a loop, and no schedule. */
const SHORTEST_MS = 10

/**
 * Reads the times of a schedule.
 * @param prefix before the names of fields in errors.
 * @throws InvalidOptionError
 */
export function readTimes(
  given: ScheduleTimes,
  prefix: string,
): Pick<ScheduleDefinition, 'timing' | 'startAt' | 'endAt'> {
  const kinds = KINDS.filter((kind) => given[kind] !== undefined)
  const [kind] = kinds
  if (kind === undefined || kinds.length > 1) {
    const got = kinds.length === 0 ? 'none of them' : kinds.join(' and ')
    throw new InvalidOptionError(
      `${prefix}${kinds[1] ?? 'cron'}`,
      `A schedule has exactly one of cron, calendar, every and at; ${prefix === '' ? 'this one' : prefix.slice(0, -1)} has ${got}.`,
    )
  }
  const startAt = given.start === undefined ? null : readTime(given.start, `${prefix}start`)
  const endAt = given.end === undefined ? null : readTime(given.end, `${prefix}end`)
  if (startAt !== null && endAt !== null && startAt > endAt) {
    throw new InvalidOptionError(`${prefix}end`, `${prefix}end is before ${prefix}start.`)
  }
  return { timing: readTiming(given, kind, prefix), startAt, endAt }
}

function readTiming(given: ScheduleTimes, kind: (typeof KINDS)[number], prefix: string): ScheduleTiming {
  if (kind === 'every' || kind === 'at') {
    if (given.zone !== undefined) {
      throw new InvalidOptionError(`${prefix}zone`, `${prefix}zone is of no use with ${kind}: leave it out.`)
    }
    if (kind === 'at') return { kind, at: readTime(given.at, `${prefix}at`) }
    return { kind, everyMs: readInterval(given.every ?? 0, `${prefix}every`) }
  }
  const zone = checkZone(given.zone ?? 'UTC', `${prefix}zone`)
  if (kind === 'cron') {
    return { kind, pattern: checkCron(given.cron, { zone, bothDays: false }, `${prefix}cron`), zone }
  }
  const field = `${prefix}calendar`
  const rule = given.calendar ?? { at: [] }
  for (const pattern of calendarPatterns(rule, field)) checkCron(pattern, { zone, bothDays: true }, field)
  // A copy, free of what JSON cannot carry.
  return { kind, rule: decodeJson(encodeJson(rule, field)) as typeof rule, zone }
}

function readInterval(every: number | string, field: string): number {
  const ms = parseDuration(every, field)
  if (ms >= SHORTEST_MS) return ms
  throw new InvalidOptionError(field, `${field} must be at least ${SHORTEST_MS} ms, got ${show(every)}.`)
}
