/**
 * What holds for a task's jobs once its own options and the app's defaults are put together: worked out once,
 * read for every job.
 * @module
 */
import type { AnyTask, AppOptions, JobMeta, RetryOptions } from '../contract/index.ts'
import { checkKeys } from '../kit/check.ts'
import {
  EMPTY_LAYER,
  JOB_OPTION_KEYS,
  type JobLayer,
  type RetryPolicy,
  readJobLayer,
  readPeriod,
  resolveRetry,
} from './job-options.ts'
import { readUnique, type UniqueSpec } from './unique-key.ts'

const NO_TAGS: readonly string[] = Object.freeze([])

/** The app's defaults, checked. */
export interface AppDefaults {
  readonly layer: JobLayer
  readonly expiresInMs: number | null
}

/** Defaults of an app that sets none. */
export const NO_DEFAULTS: AppDefaults = Object.freeze({ layer: EMPTY_LAYER, expiresInMs: null })

/** A task's policy: every option with its value, durations in ms. */
export interface TaskPolicy {
  readonly task: AnyTask
  readonly name: string
  /** `the input of task 'x'`, for errors. */
  readonly inputName: string
  /** True where an input schema has to be asked. */
  readonly checksInput: boolean
  readonly version: number
  readonly queue: string
  readonly priority: number
  readonly maxAttempts: number
  /** How its failed jobs are retried where a job has no rule of its own. */
  readonly retry: RetryPolicy
  /** The options `retry` was made of, so that a call can override some of them. */
  readonly retryOptions: RetryOptions
  /** Longest run of one attempt; null: no limit. */
  readonly timeoutMs: number | null
  readonly expiresInMs: number | null
  readonly tags: readonly string[]
  readonly meta: JobMeta | null
  readonly unique: UniqueSpec | null
}

/**
 * Reads the app's defaults.
 * @throws InvalidOptionError
 */
export function readDefaults(defaults: NonNullable<AppOptions['defaults']>): AppDefaults {
  checkKeys(defaults, JOB_OPTION_KEYS, 'defaults')
  const layer = readJobLayer(defaults)
  if (layer.retry !== undefined) resolveRetry(layer.retry)
  return {
    layer,
    expiresInMs: defaults.expires === undefined ? null : readPeriod(defaults.expires, 'expires'),
  }
}

/**
 * A task's policy under the app's defaults.
 * @throws InvalidOptionError where the two do not fit together.
 */
export function resolvePolicy(task: AnyTask, defaults: AppDefaults): TaskPolicy {
  const { name, options } = task
  const own = readJobLayer(options)
  const { layer } = defaults
  const retryOptions = mergeGiven(layer.retry, own.retry)
  const retry = resolveRetry(retryOptions)
  const meta = mergeGiven(layer.meta, own.meta)
  return {
    task,
    name,
    inputName: `the input of task '${name}'`,
    checksInput: options.input !== undefined,
    version: options.version ?? 1,
    queue: own.queue ?? layer.queue ?? 'default',
    priority: own.priority ?? layer.priority ?? 0,
    maxAttempts: retry.maxAttempts,
    retry,
    retryOptions,
    timeoutMs: own.timeoutMs ?? layer.timeoutMs ?? null,
    expiresInMs:
      options.expires === undefined ? defaults.expiresInMs : readPeriod(options.expires, 'expires'),
    tags: own.tags ?? layer.tags ?? NO_TAGS,
    meta: Object.keys(meta).length === 0 ? null : meta,
    unique: options.unique === undefined ? null : readUnique(options.unique),
  }
}

/** The fields of both, the nearer one first; a field that is undefined does not count as given. */
export function mergeGiven<T extends object>(far: T | undefined, near: T | undefined): T {
  const given = Object.entries(near ?? {}).filter(([, value]) => value !== undefined)
  return { ...far, ...Object.fromEntries(given) } as T
}
