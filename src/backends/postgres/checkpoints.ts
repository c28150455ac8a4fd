/**
 * Facet `checkpoints`: pieces of a handler's work, remembered across its attempts.
 * @module
 */
import {
  type Checkpoint,
  type CheckpointsFacet,
  type ClaimRef,
  LeaseLostError,
} from '../../contract/index.ts'
import type { PostgresConnection } from './connection.ts'

/** The facet. */
export function checkpointsFacet(connection: PostgresConnection): CheckpointsFacet {
  /** What was known of the piece. */
  async function call(
    what: 'begin' | 'complete' | 'forget',
    job: ClaimRef,
    key: string,
    value: string | null,
  ): Promise<Checkpoint | null> {
    const { known } = await connection.use((session) =>
      session.one<{ known: string | null }>('checkpoint', what, job.id, job.token, key, value),
    )
    if (known === null) throw leaseLost(job)
    const [done, stored] = JSON.parse(known) as [] | [boolean, string | null]
    return done === undefined ? null : toCheckpoint({ key, done, value: stored ?? null })
  }
  return {
    begin: (job, key) => call('begin', job, key, null),
    complete: async (job, key, value) => {
      await call('complete', job, key, value)
    },
    forget: async (job, key) => {
      await call('forget', job, key, null)
    },
  }
}

/** A row as its readers see it. */
export function toCheckpoint(row: { key: string; done: boolean; value: string | null }): Checkpoint {
  return { key: row.key, status: row.done ? 'done' : 'started', value: row.value }
}

function leaseLost(job: ClaimRef): LeaseLostError {
  return new LeaseLostError(
    `Job ${job.id} is no longer run by this attempt, so its checkpoint was not stored.`,
    { jobId: job.id },
  )
}
