/**
 * Cron patterns: checked once, and asked for times before and after one. The library is loaded with the first
 * pattern, so that an app without one does not pay for it.
 * @module
 */
import { createRequire } from 'node:module'
import type { Cron } from 'croner'
import { InvalidOptionError } from '../contract/index.ts'
import { show } from '../kit/show.ts'

type CronConstructor = new (
  pattern: string,
  options: { timezone: string; paused: true; mode: '5-or-6-parts'; domAndDow: boolean },
) => Cron

const LONGEST_PATTERN = 256

/** Compiled patterns, the latest ones: a scheduler asks for the same few again and again. */
const compiled = new Map<string, Cron>()
const MOST_COMPILED = 1_000

let library: CronConstructor | null = null

/** How a pattern is read. */
export interface CronReading {
  readonly zone: string
  /** True: a day of the month and a day of the week must both fit; false: either of them, as in cron. */
  readonly bothDays: boolean
}

/** The first time after this one; null where there is none. */
export function cronAfter(pattern: string, reading: CronReading, after: number): number | null {
  return compile(pattern, reading).nextRun(new Date(after))?.getTime() ?? null
}

/** The latest times up to and including this one, at most `max`, the latest first. */
export function cronBefore(
  pattern: string,
  reading: CronReading,
  upTo: number,
  max: number,
): readonly number[] {
  // Whole seconds before the next ms: that includes `upTo` itself where it is one.
  const times = compile(pattern, reading).previousRuns(max, new Date(upTo + 1))
  return times.map((time) => time.getTime())
}

/**
 * Checks a pattern.
 * @throws InvalidOptionError naming the field, and what is wrong.
 */
export function checkCron(pattern: unknown, reading: CronReading, field: string): string {
  if (typeof pattern !== 'string' || pattern.length > LONGEST_PATTERN) {
    throw new InvalidOptionError(
      field,
      `${field} must be a cron pattern such as '30 2 * * *', got ${show(pattern)}.`,
    )
  }
  try {
    const first = compile(pattern, reading).nextRun(new Date(0))
    if (first === null) throw new Error('no date fits it')
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error)
    throw new InvalidOptionError(
      field,
      `${field} is no cron pattern that ever fires, got ${show(pattern)}: ${reason}. ` +
        "Accepted: 5 fields, or 6 with seconds first, such as '30 2 * * MON-FRI', '0 0 L * *' and '@daily'.",
      { cause: error },
    )
  }
  return pattern.trim()
}

/**
 * Checks a time zone.
 * @throws InvalidOptionError
 */
export function checkZone(zone: unknown, field: string): string {
  try {
    if (typeof zone !== 'string' || zone === '') throw new RangeError('no name')
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return zone
  } catch (error) {
    throw new InvalidOptionError(
      field,
      `${field} must be a time zone such as 'Europe/Berlin' or 'UTC', got ${show(zone)}.`,
      { cause: error },
    )
  }
}

function compile(pattern: string, { zone, bothDays }: CronReading): Cron {
  const key = `${zone}\n${bothDays}\n${pattern}`
  let cron = compiled.get(key)
  if (cron === undefined) {
    library ??= (createRequire(import.meta.url)('croner') as { Cron: CronConstructor }).Cron
    cron = new library(pattern, {
      timezone: zone,
      paused: true,
      mode: '5-or-6-parts',
      domAndDow: bothDays,
    })
    if (compiled.size >= MOST_COMPILED) compiled.clear()
    compiled.set(key, cron)
  }
  return cron
}
