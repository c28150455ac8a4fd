/**
 * Facet `checkpoints`: what a handler has already done, remembered across its attempts.
 * @module
 */
import type { ClaimRef } from './job.ts'

/** A remembered piece of a job's work. */
export interface Checkpoint {
  readonly key: string
  /** `started`: begun by an attempt that did not live to finish it. */
  readonly status: 'started' | 'done'
  /** The encoded value of a finished piece. */
  readonly value: string | null
}

/** Ability: pieces of a handler's work are remembered. All writes are fenced by the attempt's token. */
export interface CheckpointsFacet {
  /**
   * Marks the piece as begun and answers null, or answers what is known of it already.
   * @throws LeaseLostError where the attempt is no longer the job's current one.
   */
  begin(job: ClaimRef, key: string): Promise<Checkpoint | null>
  /** Stores the finished piece's value. @throws LeaseLostError as above. */
  complete(job: ClaimRef, key: string, value: string | null): Promise<void>
  /** Forgets a piece that was begun and did not happen. @throws LeaseLostError as above. */
  forget(job: ClaimRef, key: string): Promise<void>
}
