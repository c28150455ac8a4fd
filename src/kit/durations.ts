/**
 * Durations as people write them, to milliseconds and back.
 * @module
 */
import type { Duration } from '../contract/index.ts'
import { InvalidOptionError } from '../contract/index.ts'
import { show } from './show.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const WEEK = 7 * DAY

/** 1,000 years: longer is a mistake, and a date that far would not fit every store. */
const LONGEST = 365_250 * DAY

const UNITS: ReadonlyMap<string, number> = new Map(
  [
    { names: ['ms', 'msec', 'msecs', 'millisecond', 'milliseconds'], ms: 1 },
    { names: ['s', 'sec', 'secs', 'second', 'seconds'], ms: SECOND },
    { names: ['m', 'min', 'mins', 'minute', 'minutes'], ms: MINUTE },
    { names: ['h', 'hr', 'hrs', 'hour', 'hours'], ms: HOUR },
    { names: ['d', 'day', 'days'], ms: DAY },
    { names: ['w', 'wk', 'wks', 'week', 'weeks'], ms: WEEK },
  ].flatMap(({ names, ms }) => names.map((name): [string, number] => [name, ms])),
)

const CALENDAR_UNITS: ReadonlySet<string> = new Set([
  'mo',
  'month',
  'months',
  'y',
  'yr',
  'yrs',
  'year',
  'years',
])
const NOT_FIXED = 'months and years have no fixed length, use days'

const ACCEPTED =
  "Accepted: milliseconds as a number, text with units ms, s, m, h, d or w such as '10m', '1.5 hours' or " +
  "'2h 30m', or ISO 8601 such as 'PT10M' or 'P1DT2H'"

/** Longer text is none of these forms, and is not worth a look. */
const LONGEST_TEXT = 100

const PART = /\s*(\d+(?:\.\d+)?|\.\d+)\s*([\p{L}µ]*)/uy
const AMOUNT = '(\\d+(?:[.,]\\d+)?)'
const ISO = new RegExp(
  `^P(?=[\\dT])(?:${AMOUNT}W)?(?:${AMOUNT}D)?(?:T(?=\\d)(?:${AMOUNT}H)?(?:${AMOUNT}M)?(?:${AMOUNT}S)?)?$`,
  'u',
)
const ISO_UNITS = [WEEK, DAY, HOUR, MINUTE, SECOND] as const
const ISO_CALENDAR = /^P[\d.,WD]*\d[YM]/u

/** What is wrong with a text, or its length in ms. */
type Reading = number | string

function readUnit(unit: string): Reading {
  if (unit === '') return 'it has no unit'
  // In other notations a capital M is a month, so it is not taken for a minute.
  if (unit === 'M') return "'M' may mean a month, write 'm' for minutes"
  const name = unit.toLowerCase()
  if (CALENDAR_UNITS.has(name)) return NOT_FIXED
  return UNITS.get(name) ?? `the unit ${show(unit)} is unknown`
}

function readParts(text: string): Reading {
  let total = 0
  const seen = new Set<number>()
  PART.lastIndex = 0
  while (PART.lastIndex < text.length) {
    const part = PART.exec(text)
    if (part === null) return 'it is not made of numbers with units'
    const [, amount = '', unit = ''] = part
    const ms = readUnit(unit)
    if (typeof ms === 'string') return ms
    if (seen.has(ms)) return `the unit '${unit}' comes twice`
    seen.add(ms)
    total += Number(amount) * ms
  }
  return total
}

function readIso(text: string): Reading {
  if (ISO_CALENDAR.test(text)) return NOT_FIXED
  const found = ISO.exec(text)
  if (found === null) return 'it is not an ISO 8601 duration'
  return ISO_UNITS.reduce(
    (total, ms, index) => total + Number((found[index + 1] ?? '0').replace(',', '.')) * ms,
    0,
  )
}

function read(value: unknown): Reading {
  if (typeof value === 'number') return Number.isNaN(value) ? 'it is not a number' : value
  if (typeof value !== 'string') return 'it is neither a number nor text'
  const text = value.trim()
  if (text === '') return 'it is empty'
  if (text.length > LONGEST_TEXT) return 'it is too long a text'
  if (/^[-−]/u.test(text)) return 'it is negative'
  return text.startsWith('P') ? readIso(text) : readParts(text)
}

/**
 * The duration in whole milliseconds, not negative.
 *
 * @param field the option it was given for, as errors name it: `retry.delay`.
 * @throws InvalidOptionError naming the field, what was got and the accepted forms.
 * @example
 * parseDuration('2h 30m', 'delay') // 9_000_000
 */
export function parseDuration(value: Duration, field: string): number {
  const reading = read(value)
  let fault: string
  if (typeof reading === 'string') fault = reading
  else if (reading < 0) fault = 'it is negative'
  else if (reading > LONGEST) fault = 'it is longer than 1,000 years'
  // Adding 0 turns -0 into 0.
  else return Math.round(reading) + 0
  throw new InvalidOptionError(
    field,
    `${field} must be a duration, got ${show(value)}: ${fault}. ${ACCEPTED}.`,
  )
}

const PRINTED = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'm'],
  [SECOND, 's'],
  [1, 'ms'],
] as const

/** The duration as text that `parseDuration` reads back to the same whole ms, such as `2h 30m`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return String(ms)
  let rest = Math.round(Math.abs(ms))
  if (rest === 0) return '0ms'
  const parts: string[] = []
  for (const [unit, name] of PRINTED) {
    const amount = Math.floor(rest / unit)
    rest -= amount * unit
    if (amount > 0) parts.push(`${amount}${name}`)
  }
  return (ms < 0 ? '-' : '') + parts.join(' ')
}
