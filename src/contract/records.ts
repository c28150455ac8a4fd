/**
 * Facet `records`: reading, searching and correcting stored jobs.
 * @module
 */
import type { Checkpoint } from './checkpoints.ts'
import type { AttemptRecord, FinishReason, JobLogLine, JobRecord, Progress } from './job.ts'
import type { JobState } from './states.ts'
import type { HeldKey } from './unique.ts'

/** Which jobs. Conditions that are given must all hold; an empty filter means every job. */
export interface JobFilter {
  readonly states?: readonly JobState[]
  readonly queues?: readonly string[]
  readonly tasks?: readonly string[]
  /** Jobs that carry all of these tags. */
  readonly tags?: readonly string[]
  readonly reasons?: readonly FinishReason[]
  /** Created at or after this time (ms since 1970). */
  readonly createdFrom?: number
  /** Created before this time (ms since 1970). */
  readonly createdBefore?: number
  /** Case-insensitive piece of the id, task, payload (where stored plain) or error message. */
  readonly text?: string
}

/** One page of a listing. */
export interface PageRequest {
  /** 1 to 1,000. */
  readonly limit: number
  /** The `next` of the page before; null for the first. */
  readonly after: string | null
  /** By the order in which jobs were stored. */
  readonly order: 'newest' | 'oldest'
}

/** A page, and where the next one starts (null: there is none). */
export interface JobPage {
  readonly jobs: readonly JobRecord[]
  readonly next: string | null
}

/** How many jobs of a queue are in a state. Zero counts may be left out. */
export interface QueueCount {
  readonly queue: string
  readonly state: JobState
  readonly count: number
}

/**
 * What a correction did to one job: `refused` where its state does not allow it. `requested` comes of
 * `app.cancel()` alone: the job runs, and its worker was asked to abort it.
 */
export interface ChangeReceipt {
  readonly id: string
  readonly outcome: 'done' | 'requested' | 'refused' | 'not-found'
  /** The state found (`refused`, `requested`) or reached (`done`); null where there is none (any more). */
  readonly state: JobState | null
}

/** Progress and log lines of a running attempt; ignored where the token is old. */
export interface JobNote {
  readonly id: string
  readonly token: number
  readonly progress: Progress | null
  readonly lines: readonly JobLogLine[]
}

/** How long finished jobs of each kind are kept. */
export interface RetentionRule {
  readonly state: 'succeeded' | 'failed' | 'cancelled'
  /** Delete jobs that finished longer ago than this, in ms. */
  readonly maxAgeMs: number | null
  /** Keep at most so many, the latest. */
  readonly maxCount: number | null
}

/** Ability: jobs can be read back. */
export interface RecordsFacet {
  /** In the order of `ids`; null where there is no such job. */
  get(ids: readonly string[]): Promise<readonly (JobRecord | null)[]>
  list(filter: JobFilter, page: PageRequest): Promise<JobPage>
  /** Jobs by queue and state; its cost does not grow with the number of jobs. */
  counts(): Promise<readonly QueueCount[]>
  /** All attempts of a job, oldest first. */
  attempts(id: string): Promise<readonly AttemptRecord[]>
  /** Log lines of a job, oldest first, at most `limit` of the latest. */
  logs(id: string, limit: number): Promise<readonly JobLogLine[]>
  /** Stores progress and log lines of running attempts. */
  note(notes: readonly JobNote[]): Promise<void>
  /** Cancels jobs that wait. Running ones are refused: ask their worker through `control`. */
  cancel(ids: readonly string[], reason: FinishReason): Promise<readonly ChangeReceipt[]>
  /** Runs again, at once: finished jobs with fresh attempts, waiting ones without waiting longer. */
  requeue(ids: readonly string[]): Promise<readonly ChangeReceipt[]>
  /** Moves the due time of jobs that wait. */
  reschedule(ids: readonly string[], dueAt: number): Promise<readonly ChangeReceipt[]>
  /** Removes jobs and all that is kept with them. Running ones are refused. */
  delete(ids: readonly string[]): Promise<readonly ChangeReceipt[]>
  /** Deletes finished jobs past their retention, at most about `limit` in one call; answers how many. */
  prune(rules: readonly RetentionRule[], limit: number): Promise<number>
  /** Keeps waiting jobs from workers (`blocked`) while they are moved elsewhere. */
  hold(ids: readonly string[]): Promise<readonly ChangeReceipt[]>
  /** Jobs with all that is kept with them, each as it is at one moment. As `get`: in the order of `ids`, or null. */
  export(ids: readonly string[]): Promise<readonly (StoredJob | null)[]>
  /**
   * Stores jobs that lived in another store, with all that was kept with them there. Idempotent by id.
   * A `blocked` job comes back to life as `pending`, `scheduled` or `retrying`; an `active` one as `pending`.
   * A unique key that is held here already stays with its holder, and the restored job comes without it.
   */
  restore(jobs: readonly StoredJob[]): Promise<void>
}

/** A job with all that is kept with it, for moving between stores. */
export interface StoredJob {
  readonly job: JobRecord
  /** Oldest first, as are the log lines. */
  readonly attempts: readonly AttemptRecord[]
  readonly logs: readonly JobLogLine[]
  /** In any order. */
  readonly checkpoints: readonly Checkpoint[]
  /** The unique key that belongs to it, also where its state does not make it hold the key just now. */
  readonly unique: HeldKey | null
}
