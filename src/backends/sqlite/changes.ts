/**
 * Corrections by people: cancel, requeue, reschedule, delete, hold. Each id gets a receipt.
 * The caller holds a write transaction.
 * @module
 */
import type { ChangeReceipt, FinishReason } from '../../contract/index.ts'
import { CountChanges } from './counts.ts'
import { isWaiting, STATE, stateOf } from './rows.ts'
import type { SqliteSession } from './session.ts'

interface Found {
  readonly seq: number
  readonly queue: string
  readonly state: number
}

/** Receipts, and the queues in which something may be claimable now. */
export interface Changed {
  readonly receipts: readonly ChangeReceipt[]
  readonly queues: ReadonlySet<string>
}

/** Cancels what waits or is held. */
export function cancel(session: SqliteSession, ids: readonly string[], reason: FinishReason): ChangeReceipt[] {
  const now = session.now()
  return change(session, ids, (job) => {
    if (!isWaiting(job.state) && job.state !== STATE.blocked) return null
    session.run('changeCancel', now, reason, job.seq)
    return STATE.cancelled
  })
}

/** Runs again at once: finished jobs with fresh attempts. */
export function requeue(session: SqliteSession, ids: readonly string[]): Changed {
  const now = session.now()
  const queues = new Set<string>()
  const receipts = change(session, ids, (job) => {
    if (job.state === STATE.active) return null
    session.run(job.state >= STATE.succeeded ? 'changeRequeueFinished' : 'changeRequeueWaiting', now, job.seq)
    queues.add(job.queue)
    return STATE.pending
  })
  return { receipts, queues }
}

/** Moves the due time of what waits. */
export function reschedule(session: SqliteSession, ids: readonly string[], dueAt: number): Changed {
  const state = dueAt > session.now() ? STATE.scheduled : STATE.pending
  const queues = new Set<string>()
  const receipts = change(session, ids, (job) => {
    if (!isWaiting(job.state)) return null
    session.run('changeReschedule', state, dueAt, job.seq)
    queues.add(job.queue)
    return state
  })
  return { receipts, queues }
}

/** Keeps waiting jobs from workers. */
export function hold(session: SqliteSession, ids: readonly string[]): ChangeReceipt[] {
  return change(session, ids, (job) => {
    if (!isWaiting(job.state)) return null
    session.run('changeHold', job.seq)
    return STATE.blocked
  })
}

/** Removes jobs and what is kept with them. */
export function deleteJobs(session: SqliteSession, ids: readonly string[]): ChangeReceipt[] {
  const counts = new CountChanges()
  const receipts = ids.map((id): ChangeReceipt => {
    const job = session.get<Found>('jobById', id)
    if (job === undefined) return { id, outcome: 'not-found', state: null }
    if (job.state === STATE.active) return { id, outcome: 'refused', state: 'active' }
    remove(session, [job.seq])
    counts.add(job.queue, job.state, -1)
    return { id, outcome: 'done', state: null }
  })
  counts.write(session)
  return receipts
}

const SATELLITES = ['removeTags', 'removeAttempts', 'removeLogs', 'removeCheckpoints', 'removeJobs'] as const

/** Deletes rows of jobs, and all that is kept with them. */
export function remove(session: SqliteSession, seqs: readonly number[]): void {
  const list = JSON.stringify(seqs)
  for (const statement of SATELLITES) session.run(statement, list)
}

/** Applies `work` to each job; it answers the state reached, or null where the job's state does not allow it. */
function change(session: SqliteSession, ids: readonly string[], work: (job: Found) => number | null): ChangeReceipt[] {
  const counts = new CountChanges()
  const receipts = ids.map((id): ChangeReceipt => {
    const job = session.get<Found>('jobById', id)
    if (job === undefined) return { id, outcome: 'not-found', state: null }
    const reached = work(job)
    if (reached === null) return { id, outcome: 'refused', state: stateOf(job.state) }
    counts.move(job.queue, job.state, reached)
    return { id, outcome: 'done', state: stateOf(reached) }
  })
  counts.write(session)
  return receipts
}
