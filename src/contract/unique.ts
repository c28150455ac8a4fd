/**
 * Uniqueness: one job stands for many enqueues of the same thing.
 * @module
 */
import type { JobState } from './states.ts'

/**
 * What happens when the key is taken.
 * - `skip`: nothing is stored; the receipt names the existing job.
 * - `replace`: a job that still waits takes the new input, options and due time; its id stays.
 * - `reschedule`: debounce: like `replace`, and its due time starts anew from now.
 *
 * `replace` keeps the waiting job's own due time. Where the existing job no longer waits (it runs, or has
 * finished within the period), both act like `skip`.
 */
export type UniqueConflict = 'skip' | 'replace' | 'reschedule'

/** A job's uniqueness, as stored. The key is taken while *any* of the given conditions holds. */
export interface UniqueRule {
  /** The whole key, task included; up to 256 characters. */
  readonly key: string
  /** Taken for so many ms after the job was stored, whatever becomes of it. */
  readonly forMs: number | null
  /** Taken while the job is in one of these states. */
  readonly states: readonly JobState[]
  readonly conflict: UniqueConflict
}

/** A unique key as it belongs to a stored job: the one that took it last. */
export interface HeldKey {
  readonly key: string
  /** Held until then, whatever becomes of the job; null: no such time. */
  readonly until: number | null
  /** Held while the job is in one of these states. */
  readonly states: readonly JobState[]
}

/** Ability: uniqueness is decided in the same atomic step as the enqueue. */
export interface UniqueFacet {
  /** The job that holds each key now, or null. */
  holders(keys: readonly string[]): Promise<readonly (string | null)[]>
  /** Frees the keys, so that the next enqueue creates a job. */
  release(keys: readonly string[]): Promise<void>
}
