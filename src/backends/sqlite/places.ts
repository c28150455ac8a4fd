/**
 * Where a job stands, and moving it: each job is in exactly one of the tables waiting, lease, held, finished.
 * Moves are the caller's to count and happen in the caller's write transaction.
 * @module
 */
import type { FinishReason } from '../../contract/index.ts'
import { isWaiting, STATE } from '../_sql/rows.ts'
import type { SqliteSession } from './session.ts'

/** A job's place and what it carries from place to place. */
export interface Place {
  readonly seq: number
  readonly queue: string
  readonly priority: number
  readonly due_at: number
  readonly state: number
  readonly attempt: number
  readonly token: number
  readonly lost: number
  readonly worker: string | null
  readonly started_at: number | null
  /** Null on a job that is not finished. */
  readonly finished_at: number | null
  readonly error: string | null
}

/** The place of a job; undefined where there is no such job. */
export function placeOf(session: SqliteSession, id: string): Place | undefined {
  return session.get<Place>('stand', id)
}

/** Takes a job out of the table it is in. */
export function leave(session: SqliteSession, place: Place): void {
  if (isWaiting(place.state))
    session.run('waitingDelete', place.queue, -place.priority, place.due_at, place.seq)
  else if (place.state === STATE.active) session.run('leaseDelete', place.seq)
  else if (place.state === STATE.blocked) session.run('heldDelete', place.seq)
  else session.run('finishedDelete', place.seq)
}

/** Puts a job among the waiting, with what it carries, in the state and with the due time that `place` names. */
export function wait(session: SqliteSession, place: Place): void {
  const { queue, priority, due_at, seq, state, attempt, token, lost, worker, started_at, error } = place
  session.run(
    'waitingAdd',
    queue,
    -priority,
    due_at,
    seq,
    state,
    attempt,
    token,
    lost,
    worker,
    started_at,
    error,
  )
}

/** Gives an attempt back: the job waits again at its old place, and the attempt does not count. Answers the state reached. */
export function release(session: SqliteSession, place: Place): number {
  leave(session, place)
  wait(session, { ...place, state: STATE.pending, attempt: place.attempt - 1 })
  return STATE.pending
}

/** Puts a job among the held. */
export function hold(session: SqliteSession, place: Place): void {
  const { seq, attempt, token, lost, worker, started_at, error } = place
  session.run('heldAdd', seq, attempt, token, lost, worker, started_at, error)
}

/** How a job finished. */
export interface Finish {
  readonly now: number
  readonly result: string | null
  readonly reason: FinishReason | null
}

/** Puts a job among the finished, in the state that `place` names. */
export function finish(session: SqliteSession, place: Place, { now, result, reason }: Finish): void {
  const { seq, state, attempt, token, lost, worker, started_at, error } = place
  session.run('finishedAdd', seq, state, attempt, token, lost, worker, started_at, now, result, reason, error)
}

/** A waiting job's due time also stands in its own row, where its place is looked up. */
export function setDue(session: SqliteSession, place: Place, dueAt: number): void {
  if (dueAt !== place.due_at) session.run('dueSet', dueAt, place.seq)
}
