/**
 * The options that the app, a task and a call share: checked, and with durations turned into milliseconds.
 * @module
 */
import type {
  BackoffFunction,
  Duration,
  JobMeta,
  JobOptions,
  RetryOptions,
  RetryRule,
} from '../contract/index.ts'
import { InvalidOptionError, InvalidPayloadError } from '../contract/index.ts'
import { checkInteger, checkKeys, checkName } from '../kit/check.ts'
import { parseDuration } from '../kit/durations.ts'
import { decodeJson, encodeJson } from '../kit/json.ts'
import { DEFAULT_ATTEMPTS, DEFAULT_RETRY } from '../kit/retry-rule.ts'
import { show } from '../kit/show.ts'
import { suggest } from '../kit/suggest.ts'

/** Names of the options every layer may have. */
export const JOB_OPTION_KEYS = ['queue', 'priority', 'retry', 'timeout', 'expires', 'tags', 'meta'] as const

const RETRY_KEYS = ['attempts', 'backoff', 'delay', 'maxDelay', 'jitter'] as const
const BACKOFFS = ['fixed', 'linear', 'exponential'] as const
const MOST_ATTEMPTS = 1_000_000
const MOST_TAGS = 20
const LONGEST_TAG = 100
const LARGEST_META = 64 * 1024
const CONTROL = /[\p{Cc}\p{Cs}]/u

/** What one layer says; undefined where it is silent. Its unique option and expiry are read elsewhere. */
export interface JobLayer {
  readonly queue: string | undefined
  readonly priority: number | undefined
  readonly retry: RetryOptions | undefined
  readonly timeoutMs: number | undefined
  readonly tags: readonly string[] | undefined
  readonly meta: JobMeta | undefined
}

/** A layer that says nothing. */
export const EMPTY_LAYER: JobLayer = Object.freeze({
  queue: undefined,
  priority: undefined,
  retry: undefined,
  timeoutMs: undefined,
  tags: undefined,
  meta: undefined,
})

/**
 * Reads one layer's options; their names have been checked by the caller.
 * @throws InvalidOptionError
 */
export function readJobLayer(options: Omit<JobOptions<never>, 'unique' | 'expires'>): JobLayer {
  const { queue, priority, retry, timeout, tags, meta } = options
  return {
    queue: queue === undefined ? undefined : checkName(queue, 'queue'),
    priority: priority === undefined ? undefined : checkInteger(priority, 'priority', -100, 100),
    retry: retry === undefined ? undefined : readRetry(retry),
    timeoutMs: timeout === undefined ? undefined : readPeriod(timeout, 'timeout'),
    tags: tags === undefined ? undefined : readTags(tags),
    meta: meta === undefined ? undefined : readMeta(meta),
  }
}

/**
 * A duration of at least 1 ms.
 * @throws InvalidOptionError
 */
export function readPeriod(value: Duration, field: string): number {
  const ms = parseDuration(value, field)
  if (ms >= 1) return ms
  throw new InvalidOptionError(
    field,
    `${field} must be at least 1 ms, got ${show(value)}. Leave it out for none.`,
  )
}

function readRetry(retry: RetryOptions | number | false): RetryOptions {
  if (retry === false) return { attempts: 1 }
  if (typeof retry === 'number') return { attempts: checkInteger(retry, 'retry', 1, MOST_ATTEMPTS) }
  if (typeof retry !== 'object' || retry === null) {
    throw new InvalidOptionError(
      'retry',
      `retry must be an object, a number of attempts or false, got ${show(retry)}.`,
    )
  }
  checkKeys(retry, RETRY_KEYS, 'retry')
  const { attempts, backoff, delay, maxDelay, jitter } = retry
  if (attempts !== undefined) checkInteger(attempts, 'retry.attempts', 1, MOST_ATTEMPTS)
  if (backoff !== undefined) checkBackoff(backoff)
  if (delay !== undefined) parseDuration(delay, 'retry.delay')
  if (maxDelay !== undefined) parseDuration(maxDelay, 'retry.maxDelay')
  if (jitter !== undefined && typeof jitter !== 'boolean') {
    throw new InvalidOptionError('retry.jitter', `retry.jitter must be true or false, got ${show(jitter)}.`)
  }
  return retry
}

function checkBackoff(backoff: unknown): void {
  if (typeof backoff === 'function' || BACKOFFS.some((known) => known === backoff)) return
  const near = typeof backoff === 'string' ? suggest(backoff, BACKOFFS) : null
  const hint = near === null ? '' : ` Did you mean '${near}'?`
  throw new InvalidOptionError(
    'retry.backoff',
    `retry.backoff must be 'fixed', 'linear', 'exponential' or a function, got ${show(backoff)}.${hint}`,
  )
}

function readTags(tags: readonly string[]): readonly string[] {
  if (!Array.isArray(tags))
    throw new InvalidOptionError('tags', `tags must be a list of texts, got ${show(tags)}.`)
  const unique = [...new Set<unknown>(tags)]
  if (unique.length > MOST_TAGS) {
    throw new InvalidOptionError('tags', `tags may have up to ${MOST_TAGS} entries, got ${unique.length}.`)
  }
  return unique.map((tag, index) => {
    if (typeof tag === 'string' && tag.length > 0 && tag.length <= LONGEST_TAG && !CONTROL.test(tag))
      return tag
    throw new InvalidOptionError(
      `tags[${index}]`,
      `A tag must be text of 1 to ${LONGEST_TAG} characters without control characters, got ${show(tag)}.`,
    )
  })
}

/** A copy, so that what the caller changes afterwards does not reach the store with the tick's batch. */
function readMeta(meta: JobMeta): JobMeta {
  if (typeof meta !== 'object' || meta === null || Array.isArray(meta)) {
    throw new InvalidOptionError('meta', `meta must be an object of JSON values, got ${show(meta)}.`)
  }
  const json = encodeMeta(meta)
  const bytes = Buffer.byteLength(json)
  if (bytes > LARGEST_META) {
    throw new InvalidOptionError(
      'meta',
      `meta takes ${bytes} bytes as JSON, and the limit is ${LARGEST_META}.`,
    )
  }
  return decodeJson(json) as JobMeta
}

function encodeMeta(meta: JobMeta): string {
  try {
    return encodeJson(meta, 'meta')
  } catch (error) {
    if (!(error instanceof InvalidPayloadError)) throw error
    const path = error.issues[0]?.path ?? ''
    throw new InvalidOptionError(path === '' ? 'meta' : `meta.${path}`, error.message, { cause: error })
  }
}

/** How a task is retried. */
export interface RetryPolicy {
  readonly maxAttempts: number
  readonly rule: RetryRule
  /** Computes each delay instead of the rule. */
  readonly backoff: BackoffFunction | null
}

/**
 * The policy that merged retry options amount to. A base delay above the default longest one lifts it.
 * @throws InvalidOptionError where `maxDelay` is shorter than `delay`.
 */
export function resolveRetry(merged: RetryOptions): RetryPolicy {
  const { attempts = DEFAULT_ATTEMPTS, backoff = DEFAULT_RETRY.backoff } = merged
  const delayMs =
    merged.delay === undefined ? DEFAULT_RETRY.delayMs : parseDuration(merged.delay, 'retry.delay')
  const maxDelayMs =
    merged.maxDelay === undefined
      ? Math.max(DEFAULT_RETRY.maxDelayMs, delayMs)
      : parseDuration(merged.maxDelay, 'retry.maxDelay')
  if (merged.delay !== undefined && maxDelayMs < delayMs) {
    throw new InvalidOptionError(
      'retry.maxDelay',
      `retry.maxDelay (${maxDelayMs} ms) is shorter than retry.delay (${delayMs} ms).`,
    )
  }
  const kind = typeof backoff === 'function' ? DEFAULT_RETRY.backoff : backoff
  const rule: RetryRule = {
    backoff: kind,
    delayMs,
    maxDelayMs,
    jitter: merged.jitter ?? kind === 'exponential',
  }
  return { maxAttempts: attempts, rule, backoff: typeof backoff === 'function' ? backoff : null }
}
