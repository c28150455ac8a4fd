/**
 * What `drain()` and `advance()` may be asked for.
 * @module
 */
import type { Duration } from '../../contract/index.ts'
import { InvalidOptionError } from '../../contract/index.ts'
import { checkInteger, checkKeys } from '../../kit/check.ts'
import { parseDuration } from '../../kit/durations.ts'
import { show } from '../../kit/show.ts'

/** Options of `advance()`, and of `drain()` but one. */
export interface AdvanceOptions {
  /** Jobs that run at the same time. Default 1: one by one, in the order in which workers claim them. */
  readonly slots?: number
  /** Only these queues. Default: all. */
  readonly queues?: readonly string[]
  /**
   * True: answer, where jobs were left failed or waiting for another attempt. Default false: throw a
   * {@link DrainError}, so that no test passes because it did not look.
   */
  readonly allowFailures?: boolean
  /** Most attempts, for jobs that enqueue themselves. Default 10,000. */
  readonly limit?: number
  /** Longest wait for one attempt, in real time. Default 4 s, which is below the limit that test runners set. */
  readonly patience?: Duration
}

/** Options of `drain()`. */
export interface DrainOptions extends AdvanceOptions {
  /** True: move the clock to each due time that is left and go on, until nothing waits. Default false. */
  readonly withScheduled?: boolean
}

/** The options, complete. */
export interface DrainPlan {
  readonly slots: number
  readonly queues: readonly string[] | null
  readonly allowFailures: boolean
  readonly limit: number
  readonly patienceMs: number
}

const KEYS = ['slots', 'queues', 'allowFailures', 'limit', 'patience'] as const
const DEFAULT_LIMIT = 10_000
const MOST_SLOTS = 10_000

/** @throws InvalidOptionError where an option is wrong or does not exist. */
export function readDrainOptions(options: DrainOptions, what: 'drain()' | 'advance()'): DrainPlan {
  checkKeys(options, what === 'drain()' ? [...KEYS, 'withScheduled'] : KEYS, what)
  const { slots = 1, queues = null, allowFailures = false, limit = DEFAULT_LIMIT, patience = '4s' } = options
  if (queues !== null && !(Array.isArray(queues) && queues.every((name) => typeof name === 'string'))) {
    throw new InvalidOptionError('queues', `queues must be a list of names, got ${show(queues)}.`)
  }
  for (const [field, flag] of Object.entries({
    allowFailures,
    withScheduled: options.withScheduled ?? false,
  })) {
    if (typeof flag === 'boolean') continue
    throw new InvalidOptionError(field, `${field} must be true or false, got ${show(flag)}.`)
  }
  return {
    slots: checkInteger(slots, 'slots', 1, MOST_SLOTS),
    queues,
    allowFailures,
    limit: checkInteger(limit, 'limit', 1, Number.MAX_SAFE_INTEGER),
    patienceMs: parseDuration(patience, 'patience'),
  }
}
