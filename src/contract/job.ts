/**
 * A job in its three shapes: as a producer hands it over, as a worker claims it, as a reader sees it.
 * All times are milliseconds since 1970 on the backend's clock; all fields are always present, so that
 * objects keep one shape on the hot path.
 * @module
 */
import type { JobState } from './states.ts'
import type { UniqueRule } from './unique.ts'

/** A value that JSON can carry. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

/** Free-form facts stored beside a job, such as a correlation id. */
export type JobMeta = Readonly<Record<string, JsonValue>>

/** How to wait between attempts, as data that can be stored with a job. */
export interface RetryRule {
  readonly backoff: 'fixed' | 'linear' | 'exponential'
  /** Base delay in ms. */
  readonly delayMs: number
  /** No delay is longer than this, in ms. */
  readonly maxDelayMs: number
  /** Full jitter: a random delay between 0 and the computed one. */
  readonly jitter: boolean
}

/** What a producer hands to a backend. */
export interface NewJob {
  /** UUIDv7, or any string of 1 to 128 characters the producer chose. Enqueueing the same id again stores nothing. */
  readonly id: string
  readonly task: string
  readonly queue: string
  /** -100 to 100; the higher one runs first. */
  readonly priority: number
  /** The input, encoded: JSON text, or a codec's envelope (which starts with `~`). */
  readonly payload: string
  /** The task's payload version when this was enqueued. */
  readonly version: number
  readonly maxAttempts: number
  /** Due so many ms after the backend stores it; ignored where `dueAt` is given. */
  readonly delayMs: number
  /** Due at this time. */
  readonly dueAt: number | null
  /** Never start it more than so many ms after it is stored; ignored where `expiresAt` is given. */
  readonly expiresInMs: number | null
  /** Never start it after this time. */
  readonly expiresAt: number | null
  /** Overrides the task's own timeout, in ms. */
  readonly timeoutMs: number | null
  /** Overrides the task's own retry rule. */
  readonly retry: RetryRule | null
  readonly tags: readonly string[]
  readonly meta: JobMeta | null
  readonly unique: UniqueRule | null
}

/** What `enqueue` did with one job. */
export type EnqueueOutcome = 'created' | 'deduplicated' | 'replaced' | 'rescheduled'

/** The answer to one enqueued job: `id` is the job that now stands for it. */
export interface EnqueueReceipt {
  readonly id: string
  readonly outcome: EnqueueOutcome
}

/** Names one claimed attempt. A backend may add a private handle of its own as `ref`. */
export interface ClaimRef {
  readonly id: string
  readonly queue: string
  /** Fences the attempt: it grows with each claim, and a settle with an old one changes nothing. */
  readonly token: number
  /** The backend's own handle on the stored job; opaque to everybody else. */
  readonly ref?: number | string
}

/** What a worker gets when it claims a job. */
export interface ClaimedJob extends ClaimRef {
  readonly task: string
  readonly priority: number
  readonly payload: string
  readonly version: number
  /** This attempt's number, from 1. */
  readonly attempt: number
  readonly maxAttempts: number
  /**
   * False for a *careful* job: one on its last attempt, or one that has lost a worker before. Its loss could end it,
   * so it must not be lost by waiting in a worker that dies: it starts only after an exchange has begun it, and a
   * rescue before that does not count. True for any other.
   */
  readonly begun: boolean
  readonly createdAt: number
  readonly dueAt: number
  readonly expiresAt: number | null
  readonly timeoutMs: number | null
  readonly retry: RetryRule | null
  readonly tags: readonly string[]
  readonly meta: JobMeta | null
}

/** An error as it is stored with a job. */
export interface JobError {
  readonly name: string
  readonly message: string
  readonly stack: string | null
  /** The error's own `code`, where it has one. */
  readonly code: string | null
  readonly cause: JobError | null
}

/** Why a job failed or was cancelled; `null` on any other. */
export type FinishReason =
  | 'exhausted' // its attempts are used up
  | 'discarded' // the handler, or `retryIf`, said that trying again is pointless
  | 'invalid-input' // the stored payload does not fit the task's schema (any more)
  | 'unknown-task' // no worker that claimed it knows the task; parked until one does
  | 'quarantined' // it took its worker down too often
  | 'requested' // somebody cancelled it
  | 'expired' // its expiry passed before it started
  | 'drained' // its queue was drained

/** How one attempt ended. */
export type AttemptOutcome = 'running' | 'succeeded' | 'retried' | 'failed' | 'cancelled' | 'lost' // its worker died

/**
 * One attempt of a job. Those that do not count are not recorded where nothing went wrong: snoozed, given back
 * unfinished, or lost before they began. A job that snoozes ten thousand times keeps nothing of it.
 */
export interface AttemptRecord {
  readonly attempt: number
  readonly outcome: AttemptOutcome
  readonly worker: string | null
  readonly startedAt: number
  readonly finishedAt: number | null
  readonly error: JobError | null
}

/** How far a running job says it is. */
export interface Progress {
  /** 0 to 100. */
  readonly percent: number
  readonly note: string | null
}

/** One structured log line kept with its job. */
export interface JobLogLine {
  readonly at: number
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: JobMeta | null
  readonly attempt: number
}

/** A stored job, whole, as readers see it. */
export interface JobRecord {
  readonly id: string
  readonly task: string
  readonly queue: string
  readonly state: JobState
  readonly priority: number
  readonly payload: string
  readonly version: number
  /** Attempts that count so far, the running one included. */
  readonly attempt: number
  readonly maxAttempts: number
  readonly createdAt: number
  readonly dueAt: number
  /** When the latest attempt started. */
  readonly startedAt: number | null
  readonly finishedAt: number | null
  readonly expiresAt: number | null
  readonly timeoutMs: number | null
  readonly retry: RetryRule | null
  readonly tags: readonly string[]
  readonly meta: JobMeta | null
  /** The worker that runs it, or ran it last. */
  readonly worker: string | null
  /** The encoded output of a succeeded job. */
  readonly result: string | null
  readonly reason: FinishReason | null
  /** The latest attempt's error. */
  readonly error: JobError | null
  readonly progress: Progress | null
  /** How many workers died while they ran it. */
  readonly lost: number
}
