/**
 * The options of one `enqueue`, checked and in milliseconds.
 * @module
 */
import type { Duration, EnqueueOptions } from '../../contract/index.ts'
import { InvalidOptionError } from '../../contract/index.ts'
import { checkKeys, checkName } from '../../kit/check.ts'
import { parseDuration } from '../../kit/durations.ts'
import { readTime } from '../../kit/moment.ts'
import { JOB_OPTION_KEYS, type JobLayer, readJobLayer, readPeriod } from '../job-options.ts'
import { readUnique, type UniqueSpec } from '../unique-key.ts'

const CALL_KEYS = [...JOB_OPTION_KEYS, 'unique', 'id', 'delay', 'at'] as const

/** What one call says of its job. */
export interface CallOptions {
  readonly layer: JobLayer
  readonly id: string | undefined
  readonly delayMs: number
  readonly dueAt: number | null
  /** Undefined: the task's own expiry holds. */
  readonly expires: { readonly inMs: number | null; readonly at: number | null } | undefined
  /** Undefined: the task's own rule holds. */
  readonly unique: UniqueSpec | null | undefined
}

/**
 * Reads the options of one call.
 * @throws InvalidOptionError
 */
export function readCallOptions(options: EnqueueOptions<never>): CallOptions {
  checkKeys(options, CALL_KEYS, 'enqueue')
  const { id, delay, at, expires, unique } = options
  if (delay !== undefined && at !== undefined) {
    throw new InvalidOptionError('at', 'Give delay or at, not both: they say two different times.')
  }
  return {
    layer: readJobLayer(options),
    id: id === undefined ? undefined : checkName(id, 'id'),
    delayMs: delay === undefined ? 0 : parseDuration(delay, 'delay'),
    dueAt: at === undefined ? null : readTime(at, 'at'),
    expires: expires === undefined ? undefined : readExpiry(expires),
    unique: unique === undefined ? undefined : readUnique(unique),
  }
}

function readExpiry(expires: Duration | Date): { readonly inMs: number | null; readonly at: number | null } {
  if (expires instanceof Date) return { inMs: null, at: readTime(expires, 'expires') }
  return { inMs: readPeriod(expires, 'expires'), at: null }
}
