/**
 * What happens, as typed events. Listeners are told after the fact and cannot change it.
 * @module
 */
import type { EnqueueOutcome, FinishReason, JobError, Progress } from './job.ts'
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
