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
import { STATE } from '../_sql/rows.ts'
import type { SqliteConnection } from './connection.ts'
import { placeOf } from './places.ts'
import type { SqliteSession } from './session.ts'

/** The facet. */
export function checkpointsFacet(connection: SqliteConnection): CheckpointsFacet {
  const fenced = <T>(job: ClaimRef, work: (session: SqliteSession, seq: number) => T): Promise<T> =>
    connection.write((session) => work(session, currentSeq(session, job)))
  return {
    begin: (job, key) =>
      fenced(job, (session, seq) => {
        const known = session.get<{ done: number; value: string | null }>('checkpointGet', seq, key)
        if (known !== undefined) return toCheckpoint(key, known)
        session.run('checkpointPut', seq, key, 0, null)
        return null
      }),
    complete: (job, key, value) =>
      fenced(job, (session, seq) => {
        session.run('checkpointPut', seq, key, 1, value)
      }),
    forget: (job, key) =>
      fenced(job, (session, seq) => {
        session.run('checkpointDelete', seq, key)
      }),
  }
}

/** A row as its readers see it. */
export function toCheckpoint(key: string, row: { done: number; value: string | null }): Checkpoint {
  return { key, status: row.done === 1 ? 'done' : 'started', value: row.value }
}

function currentSeq(session: SqliteSession, job: ClaimRef): number {
  const place = placeOf(session, job.id)
  if (place === undefined || place.state !== STATE.active || place.token !== job.token) {
    throw new LeaseLostError(
      `Job ${job.id} is no longer run by this attempt, so its checkpoint was not stored.`,
      {
        jobId: job.id,
      },
    )
  }
  return place.seq
}
