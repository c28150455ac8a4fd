/**
 * Points in time as callers write them.
 * @module
 */
import { InvalidOptionError } from '../contract/index.ts'
import { show } from './show.ts'

/** ISO 8601 with a date, a time and a zone: without the zone it would mean something else on each machine. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/u

/** The latest time a Date can hold. */
const LAST_MS = 8.64e15

/**
 * A point in time as ms since 1970.
 * @throws InvalidOptionError
 */
export function readTime(time: unknown, field: string): number {
  const ms = time instanceof Date ? time.getTime() : typeof time === 'string' ? readIso(time) : time
  if (typeof ms === 'number' && Number.isInteger(ms) && ms >= 0 && ms <= LAST_MS) return ms
  throw new InvalidOptionError(
    field,
    `${field} must be a Date, whole ms since 1970, or ISO 8601 text with a zone such as '2027-01-31T09:00:00Z', ` +
      `got ${show(time)}.`,
  )
}

function readIso(text: string): number {
  return ISO_TIME.test(text) ? Date.parse(text) : Number.NaN
}
