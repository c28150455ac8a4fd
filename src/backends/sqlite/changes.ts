/**
 * Corrections by people: cancel, requeue, reschedule, delete, hold. Each id gets a receipt.
 * The caller holds a write transaction.
 * @module
 */
import type { ChangeReceipt, FinishReason } from '../../contract/index.ts'
import { isWaiting, STATE, stateOf } from '../_sql/rows.ts'
import { CountChanges } from './counts.ts'
import { finish, hold as holdPlace, leave, type Place, placeOf, setDue, wait } from './places.ts'
import type { SqliteSession } from './session.ts'
import { waitingState } from './start.ts'

/** Receipts, and the queues in which something may be claimable now. */
export interface Changed {
  readonly receipts: readonly ChangeReceipt[]
  readonly queues: ReadonlySet<string>
}

/** Cancels what waits or is held. */
export function cancel(
  session: SqliteSession,
  ids: readonly string[],
  reason: FinishReason,
): ChangeReceipt[] {
  const now = session.now()
  return change(session, ids, (place) => {
    if (!isWaiting(place.state) && place.state !== STATE.blocked) return null
    leave(session, place)
    finish(session, { ...place, state: STATE.cancelled }, { now, result: null, reason })
    return STATE.cancelled
  })
}

/** Runs again at once: finished jobs with fresh attempts. */
export function requeue(session: SqliteSession, ids: readonly string[]): Changed {
  const now = session.now()
  const queues = new Set<string>()
  const receipts = change(session, ids, (place) => {
    if (place.state === STATE.active) return null
    const finished = place.state >= STATE.succeeded
    const fresh = finished ? { attempt: 0, lost: 0, error: null } : {}
    leave(session, place)
    if (place.state === STATE.succeeded) keepSuccess(session, place)
    if (finished) session.run('progressDelete', place.seq)
    session.run('expiryLift', place.seq, now)
    setDue(session, place, now)
    wait(session, { ...place, ...fresh, state: STATE.pending, due_at: now })
    queues.add(place.queue)
    return STATE.pending
  })
  return { receipts, queues }
}

/** The attempt that succeeded was read off the job's place so far, which the job leaves now. */
function keepSuccess(session: SqliteSession, place: Place): void {
  const { seq, token, attempt, worker, started_at, finished_at } = place
  session.run(
    'attemptAdd',
    seq,
    token,
    attempt,
    'succeeded',
    worker,
    started_at ?? finished_at,
    finished_at,
    null,
  )
}

/** Moves the due time of what waits. */
export function reschedule(session: SqliteSession, ids: readonly string[], dueAt: number): Changed {
  const state = waitingState(dueAt, session.now())
  const queues = new Set<string>()
  const receipts = change(session, ids, (place) => {
    if (!isWaiting(place.state)) return null
    leave(session, place)
    setDue(session, place, dueAt)
    wait(session, { ...place, state, due_at: dueAt })
    queues.add(place.queue)
    return state
  })
  return { receipts, queues }
}

/** Keeps waiting jobs from workers. */
export function hold(session: SqliteSession, ids: readonly string[]): ChangeReceipt[] {
  return change(session, ids, (place) => {
    if (!isWaiting(place.state)) return null
    leave(session, place)
    holdPlace(session, place)
    return STATE.blocked
  })
}

/** Removes jobs and what is kept with them. */
export function deleteJobs(session: SqliteSession, ids: readonly string[]): ChangeReceipt[] {
  const counts = new CountChanges()
  const receipts = ids.map((id): ChangeReceipt => {
    const place = placeOf(session, id)
    if (place === undefined) return { id, outcome: 'not-found', state: null }
    if (place.state === STATE.active) return { id, outcome: 'refused', state: 'active' }
    leave(session, place)
    remove(session, [place.seq])
    counts.add(place.queue, place.state, -1)
    return { id, outcome: 'done', state: null }
  })
  counts.write(session)
  return receipts
}

const SATELLITES = [
  'removeTags',
  'removeUniques',
  'removeAttempts',
  'removeLogs',
  'removeCheckpoints',
  'removeProgress',
  'removeFinished',
  'removeJobs',
] as const

/** Deletes jobs that are finished or in no place any more, and all that is kept with them. */
export function remove(session: SqliteSession, seqs: readonly number[]): void {
  const list = JSON.stringify(seqs)
  for (const statement of SATELLITES) session.run(statement, list)
}

/** Applies `work` to each job; it answers the state reached, or null where the job's state does not allow it. */
function change(
  session: SqliteSession,
  ids: readonly string[],
  work: (place: Place) => number | null,
): ChangeReceipt[] {
  const counts = new CountChanges()
  const receipts = ids.map((id): ChangeReceipt => {
    const place = placeOf(session, id)
    if (place === undefined) return { id, outcome: 'not-found', state: null }
    const reached = work(place)
    if (reached === null) return { id, outcome: 'refused', state: stateOf(place.state) }
    counts.move(place.queue, place.state, reached)
    return { id, outcome: 'done', state: stateOf(reached) }
  })
  counts.write(session)
  return receipts
}
