/**
 * What a test expects of an enqueued job.
 * @module
 */
import type { Duration, JobMeta } from '../../contract/index.ts'
import { InvalidOptionError } from '../../contract/index.ts'
import { checkInteger, checkKeys } from '../../kit/check.ts'
import { formatDuration, parseDuration } from '../../kit/durations.ts'
import { readTime } from '../../kit/moment.ts'
import { show } from '../../kit/show.ts'
import type { Moment } from '../test-clock.ts'
import type { EnqueuedJob } from './enqueued-job.ts'
import { differences } from './match.ts'
import type { Matcher } from './matcher.ts'

/** Further conditions on a job; those that are given must all hold. */
export interface RefuteOptions {
  readonly id?: string
  readonly queue?: string
  readonly priority?: number
  /** All of these. */
  readonly tags?: readonly string[]
  readonly meta?: Matcher<JobMeta>
  /** It was to run so long after it was enqueued. */
  readonly delay?: Duration
  /** It was to run at this time. */
  readonly at?: Moment
  /** How far `delay` and `at` may be off. Default 1 s. */
  readonly tolerance?: Duration
}

/** Options of `expectEnqueued()`. */
export interface ExpectOptions extends RefuteOptions {
  /** Exactly so many jobs. Default: at least one. */
  readonly count?: number
}

/** The expectation, checked. */
export interface Expectation {
  readonly count: number | null
  /** Each condition as a line of a message: `queue 'mail'`. */
  readonly conditions: readonly string[]
  /** Where a job falls short of it, a line for each difference. */
  differences(job: EnqueuedJob): readonly string[]
}

const KEYS = ['id', 'queue', 'priority', 'tags', 'meta', 'delay', 'at', 'tolerance'] as const
const FIELDS = ['id', 'queue', 'priority'] as const

/**
 * @param matcher undefined: any input will do.
 * @throws InvalidOptionError where an option is wrong or does not exist.
 */
export function readExpectation(
  matcher: unknown,
  options: ExpectOptions,
  what: 'expectEnqueued()' | 'refuteEnqueued()',
): Expectation {
  checkKeys(options, what === 'expectEnqueued()' ? [...KEYS, 'count'] : KEYS, what)
  const { count, tags, meta, delay, at, tolerance = 1000 } = options
  const toleranceMs = parseDuration(tolerance, 'tolerance')
  const delayMs = delay === undefined ? null : parseDuration(delay, 'delay')
  const dueAt = at === undefined ? null : readTime(at, 'at')
  if (tags !== undefined && !Array.isArray(tags)) {
    throw new InvalidOptionError('tags', `tags must be a list, got ${show(tags)}.`)
  }
  const fields = FIELDS.filter((field) => options[field] !== undefined)
  const conditions = [
    matcher === undefined ? '' : `input ${show(matcher)}`,
    ...fields.map((field) => `${field} ${show(options[field])}`),
    tags === undefined ? '' : `tags ${show(tags)}`,
    meta === undefined ? '' : `meta ${show(meta)}`,
    delayMs === null ? '' : `delay ${formatDuration(delayMs)}`,
    dueAt === null ? '' : `due at ${new Date(dueAt).toISOString()}`,
  ].filter((line) => line !== '')
  return {
    count: count === undefined ? null : checkInteger(count, 'count', 1, Number.MAX_SAFE_INTEGER),
    conditions,
    differences: (job) => [
      ...(matcher === undefined ? [] : differences(matcher, job.input, 'input')),
      ...fields.flatMap((field) => differences(options[field], job[field], field)),
      ...(tags ?? [])
        .filter((tag) => !job.tags.includes(tag))
        .map((tag) => `tags: ${show(tag)} is not in ${show(job.tags)}`),
      ...(meta === undefined ? [] : differences(meta, job.meta, 'meta')),
      ...compareDelay(delayMs, job.delayMs, toleranceMs),
      ...compareTime(dueAt, job.dueAt, toleranceMs),
    ],
  }
}

function compareDelay(expected: number | null, actual: number, toleranceMs: number): readonly string[] {
  if (expected === null || Math.abs(expected - actual) <= toleranceMs) return []
  return [`delay: expected ${formatDuration(expected)}, got ${formatDuration(actual)}`]
}

function compareTime(expected: number | null, actual: Date, toleranceMs: number): readonly string[] {
  if (expected === null || Math.abs(expected - actual.getTime()) <= toleranceMs) return []
  return [`due at: expected ${new Date(expected).toISOString()}, got ${actual.toISOString()}`]
}
