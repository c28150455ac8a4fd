/**
 * Careful jobs begin when their worker says so, and what a worker has never heard of goes back.
 * The caller holds a write transaction.
 * @module
 */
import type { ClaimRef } from '../../contract/index.ts'
import { STATE } from '../_sql/rows.ts'
import type { CountChanges } from './counts.ts'
import { type Place, placeOf, release } from './places.ts'
import type { SqliteSession } from './session.ts'

/** Begins the attempts; answers the ids of those that are not current any more. */
export function begin(session: SqliteSession, attempts: readonly ClaimRef[]): string[] {
  return attempts.filter((job) => !beginOne(session, job)).map(({ id }) => id)
}

function beginOne(session: SqliteSession, { id, ref, token }: ClaimRef): boolean {
  const seq = typeof ref === 'number' ? ref : placeOf(session, id)?.seq
  return seq !== undefined && session.run('leaseBegin', seq, token) > 0
}

interface LeasedJob extends Place {
  readonly id: string
}

/** Gives back what the worker holds beside these attempts: claims whose answer was lost on the way. */
export function releaseOthers(
  session: SqliteSession,
  workerId: string,
  holding: readonly ClaimRef[],
  counts: CountChanges,
): void {
  // A job may be held twice, by an attempt that has lost its lease and by a new one.
  const known = new Set(holding.map(({ id, token }) => `${token} ${id}`))
  for (const job of session.all<LeasedJob>('leasesOf', workerId)) {
    if (!known.has(`${job.token} ${job.id}`)) counts.move(job.queue, STATE.active, release(session, job))
  }
}
