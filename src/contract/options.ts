/**
 * Options of the app and its workers.
 * @module
 */
import type { Backend } from './backend.ts'
import type { Clock } from './clock.ts'
import type { Codec } from './codec.ts'
import type { MiddlewareHooks } from './middleware.ts'
import type { ScheduleOptions } from './schedule-options.ts'
import type { AnyTask, Duration, JobOptions } from './task.ts'

/** How long finished jobs are kept. */
export interface RetentionOptions {
  /** Default: 7 days, and the latest 100,000. */
  readonly succeeded?: RetentionLimit
  /** Default: 90 days, and the latest 100,000. */
  readonly failed?: RetentionLimit
  /** Default: 7 days, and the latest 100,000. */
  readonly cancelled?: RetentionLimit
}

/** Both limits hold; `null` lifts one. `'forever'` lifts both. */
export type RetentionLimit = 'forever' | { readonly age?: Duration | null; readonly count?: number | null }

/** Queues a worker serves: in strict order, or by weight (a queue of weight 3 goes first three times as often as one of 1). */
export type QueueSelection =
  | readonly string[]
  | Readonly<Record<string, number | { readonly weight?: number; readonly slots?: number }>>

/** Options of one worker. */
export interface WorkerOptions {
  /** Concurrent attempts. Default 10. */
  readonly slots?: number
  /** Default: every queue that a registered task names, `default` included, with equal weights. */
  readonly queues?: QueueSelection
  /** A dead worker's jobs are given back within this time. Default 15 s, at least 1 s. */
  readonly lease?: Duration
  /** How long running attempts may go on after `stop()`. Default 25 s. */
  readonly grace?: Duration
  /** Most jobs claimed ahead of free slots; it adapts below this. Default 1,000; 0 claims only for free slots. */
  readonly prefetch?: number
  /** Longest wait between looks at the store where no wake-up comes. Default 5 s. */
  readonly poll?: Duration
  /** Jobs that took this many workers down become `failed`. Default 3. */
  readonly quarantineAfter?: number
  /** Shown to people. Default: host, pid and a random piece. */
  readonly id?: string
  /** Do house-keeping too (rescue, pruning). Default true. */
  readonly maintenance?: boolean
  /** Fire schedules too. Default true. */
  readonly schedules?: boolean
}

/** Options of `millrace()`. */
export interface AppOptions<
  Scheduled extends Readonly<Record<string, AnyTask>> = Readonly<Record<string, AnyTask>>,
> {
  /** A URL such as `sqlite:millrace.db` or `memory:`, or a backend. Default `sqlite:millrace.db`. */
  readonly backend?: string | Backend
  readonly tasks?: readonly AnyTask[]
  /** Defaults for every job; tasks and calls override them. */
  readonly defaults?: Omit<JobOptions<never>, 'unique'>
  /** Codecs that can be read; the first one writes. Default: none, plain JSON. */
  readonly codecs?: readonly Codec[]
  /** Most bytes of one encoded input or output. Default 1 MiB. */
  readonly maxPayloadBytes?: number
  readonly retention?: RetentionOptions
  readonly worker?: WorkerOptions
  /**
   * Schedules by name. When a worker starts, those are added to the store, changed there, and removed from it that
   * this app declares, declares differently, or no longer declares. Where neither this nor `scheduleFiles` is given,
   * none are touched.
   */
  readonly schedules?: { readonly [Name in keyof Scheduled]: ScheduleOptions<Scheduled[Name]> }
  /** YAML or JSON files with more schedules, seen from the current folder. Read when the app is made. */
  readonly scheduleFiles?: string | readonly string[]
  /**
   * Whose declared schedules these are. Apps that share a store and declare different ones need a name each: an app
   * removes only its own group's. Default `default`.
   */
  readonly scheduleGroup?: string
  readonly middleware?: readonly MiddlewareHooks[]
  /**
   * The module that makes this app, as `import.meta.url`: a child of `isolate` loads its tasks from there.
   * The command line sets it by itself.
   */
  readonly module?: string
  /** For tests. Default: the system's clock. */
  readonly clock?: Clock
}
