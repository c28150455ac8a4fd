/**
 * What happens, as typed events. Listeners are told after the fact and cannot change it.
 * @module
 */
import type { EnqueueOutcome, FinishReason, JobError, Progress } from './job.ts'
import type { FiringOutcome } from './schedules.ts'
import type { JobState } from './states.ts'

/** Fields every event about a job has. */
export interface JobEventBase {
  readonly at: number
  readonly id: string
  readonly task: string
  readonly queue: string
}

/** Fields every event about an attempt has. */
export interface AttemptEventBase extends JobEventBase {
  readonly attempt: number
  readonly workerId: string
}

/** Each event's name and what its listeners get. Durations are in ms. */
export interface MillraceEvents {
  'job:enqueued': JobEventBase & { readonly outcome: EnqueueOutcome }
  'job:started': AttemptEventBase & { readonly waitMs: number }
  'job:progress': AttemptEventBase & { readonly progress: Progress }
  'job:succeeded': AttemptEventBase & { readonly runMs: number }
  'job:retrying': AttemptEventBase & {
    readonly runMs: number
    readonly delayMs: number
    readonly error: JobError
  }
  'job:failed': AttemptEventBase & {
    readonly runMs: number
    readonly reason: FinishReason
    readonly error: JobError
  }
  'job:cancelled': AttemptEventBase & { readonly runMs: number; readonly reason: FinishReason }
  'job:snoozed': AttemptEventBase & { readonly runMs: number; readonly delayMs: number }
  /** Given back unfinished at shutdown. */
  'job:released': AttemptEventBase
  /** The outcome came too late and was not stored. */
  'job:lease-lost': AttemptEventBase
  /** Taken back from a dead worker. */
  'job:rescued': JobEventBase & {
    readonly attempt: number
    readonly workerId: string
    /** False where the attempt had not begun, so that it does not count. */
    readonly begun: boolean
    readonly state: JobState
  }
  'worker:started': {
    readonly at: number
    readonly workerId: string
    readonly queues: readonly string[]
    readonly slots: number
  }
  'worker:quiet': { readonly at: number; readonly workerId: string }
  'worker:stopped': { readonly at: number; readonly workerId: string; readonly released: number }
  /** A schedule fired, or left a firing out; `lagMs` after it was due. */
  'schedule:fired': {
    readonly at: number
    readonly schedule: string
    readonly outcome: FiringOutcome
    readonly dueAt: number
    readonly lagMs: number
    /** How many missed firings this stands for; 1 for any other outcome. */
    readonly count: number
    readonly jobId: string | null
  }
  /** What this app declares was compared with the store: names of schedules. */
  'schedule:reconciled': {
    readonly at: number
    readonly added: readonly string[]
    readonly changed: readonly string[]
    readonly removed: readonly string[]
    readonly taken: readonly string[]
  }
  /** A call to the store failed; it is tried again. */
  'backend:error': {
    readonly at: number
    readonly during: string
    readonly error: Error
    readonly retryInMs: number
  }
  /** The store answers again. */
  'backend:recovered': { readonly at: number; readonly during: string; readonly downMs: number }
  /** A listener, middleware hook or background duty of Millrace itself threw. */
  'internal:error': { readonly at: number; readonly during: string; readonly error: unknown }
}

/** The name of an event. */
export type EventName = keyof MillraceEvents

/** A listener of one event. */
export type EventListener<N extends EventName> = (event: MillraceEvents[N]) => void

/** Where events go and come from. A listener that throws is reported as `internal:error` and harms nobody. */
export interface EventBus {
  /** Adds a listener; the answer removes it. */
  on<N extends EventName>(name: N, listener: EventListener<N>): () => void
  /** True where somebody listens, so that a hot path need not build the event. */
  has(name: EventName): boolean
  emit<N extends EventName>(name: N, event: MillraceEvents[N]): void
}
