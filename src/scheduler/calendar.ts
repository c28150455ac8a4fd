/**
 * Calendar rules as cron patterns: one for each time of day.
 * @module
 */
import type { CalendarRule } from '../contract/index.ts'
import { InvalidOptionError } from '../contract/index.ts'
import { checkInteger, checkKeys } from '../kit/check.ts'
import { show } from '../kit/show.ts'
import { suggest } from '../kit/suggest.ts'

const KEYS = ['at', 'weekdays', 'days', 'months'] as const
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
] as const
const ORDINALS: Readonly<Record<string, string>> = {
  first: '#1',
  second: '#2',
  third: '#3',
  fourth: '#4',
  last: '#L',
}
const TIME_OF_DAY = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/

/** One value, or several, as a list. */
function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T]
}

/**
 * The rule's cron patterns, of 6 fields. They are read with both days: all conditions must hold.
 * @throws InvalidOptionError naming the field.
 */
export function calendarPatterns(rule: CalendarRule, field = 'calendar'): readonly string[] {
  checkKeys(rule, KEYS, field)
  const times = listOf<unknown>(rule.at).map((time) => timeFields(time, `${field}.at`))
  if (times.length === 0) {
    throw new InvalidOptionError(`${field}.at`, `${field}.at names no time of day.`)
  }
  const days = fieldOf(rule.days, `${field}.days`, readDay)
  const months = fieldOf(rule.months, `${field}.months`, readMonth)
  const weekdays = fieldOf(rule.weekdays, `${field}.weekdays`, readWeekday)
  return [...new Set(times)].map((time) => `${time} ${days} ${months} ${weekdays}`)
}

function fieldOf(value: unknown, field: string, read: (value: unknown, field: string) => string): string {
  if (value === undefined) return '*'
  const list = listOf<unknown>(value)
  if (list.length === 0)
    throw new InvalidOptionError(field, `${field} is empty. Leave it out for all of them.`)
  return list.map((one) => read(one, field)).join(',')
}

/** Second, minute and hour. */
function timeFields(time: unknown, field: string): string {
  const found = typeof time === 'string' ? TIME_OF_DAY.exec(time) : null
  if (found === null) {
    throw new InvalidOptionError(
      field,
      `${field} must be a time of day such as '09:30', or several, got ${show(time)}.`,
    )
  }
  const [, hour, minute, second = '0'] = found
  return [second, minute, hour].map(Number).join(' ')
}

function readDay(day: unknown, field: string): string {
  return day === 'last' ? 'L' : String(checkInteger(day, field, 1, 31))
}

function readMonth(month: unknown, field: string): string {
  return String(wordAt(month, MONTHS, field) + 1)
}

function readWeekday(rule: unknown, field: string): string {
  const words = typeof rule === 'string' ? rule.trim().split(/\s+/) : []
  const [first = '', second] = words
  if (second === undefined) return String(wordAt(rule, WEEKDAYS, field))
  const ordinal = Object.hasOwn(ORDINALS, first) ? ORDINALS[first] : undefined
  if (ordinal === undefined || words.length > 2) {
    throw new InvalidOptionError(
      field,
      `${field} must be days such as 'monday', 'first monday' or 'last friday', got ${show(rule)}.`,
    )
  }
  return `${wordAt(second, WEEKDAYS, field)}${ordinal}`
}

function wordAt(word: unknown, known: readonly string[], field: string): number {
  const index = typeof word === 'string' ? known.indexOf(word) : -1
  if (index >= 0) return index
  const near = typeof word === 'string' ? suggest(word, known) : null
  const hint = near === null ? `Known: ${known.join(', ')}.` : `Did you mean '${near}'?`
  throw new InvalidOptionError(field, `There is no ${show(word)} in ${field}. ${hint}`)
}

/** The rule in words. */
export function calendarText(rule: CalendarRule): string {
  const parts = [listOf(rule.at).join(', ')]
  if (rule.weekdays !== undefined) parts.push(`on ${listOf(rule.weekdays).join(', ')}`)
  if (rule.days !== undefined) parts.push(`on day ${listOf(rule.days).join(', ')}`)
  if (rule.months !== undefined) parts.push(`in ${listOf(rule.months).join(', ')}`)
  return parts.join(' ')
}
