/**
 * How an attempt ends, as the engine tells the backend.
 * @module
 */
import type { ClaimRef, FinishReason, JobError } from './job.ts'

/** The engine's verdict on one attempt. Delays are ms from the backend's now. */
export type Outcome =
  | { readonly kind: 'succeed'; readonly result: string | null }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly error: JobError }
  | {
      readonly kind: 'fail'
      readonly reason: FinishReason
      readonly error: JobError
      /** False where the handler never ran, so that the attempt does not count. */
      readonly counts: boolean
    }
  | { readonly kind: 'cancel'; readonly reason: FinishReason; readonly error: JobError | null }
  /** The attempt neither counts nor is recorded. */
  | { readonly kind: 'snooze'; readonly delayMs: number }
  /** Given back: pending again at its old place, and the attempt neither counts nor is recorded. */
  | { readonly kind: 'release' }

/** One attempt and its end. */
export interface Settlement {
  readonly job: ClaimRef
  readonly outcome: Outcome
}
