/**
 * Settling: each attempt's end, fenced by its token. Successes go many at once, the rest one by one.
 * @module
 */
import type { AttemptOutcome, ClaimRef, Outcome, Settlement } from '../../contract/index.ts'
import { STATE, writeError } from '../_sql/rows.ts'
import type { CountChanges } from './counts.ts'
import type { SqlValue } from './driver.ts'
import { finish, leave, type Place, placeOf, release, setDue, wait } from './places.ts'
import type { SqliteSession } from './session.ts'

/** Successes of the large statements. Measured: more are no faster, and a JSON array of them costs twice the time. */
const ROWS = 50

/** Finishes so many attempts with success. 1 now, then seq, token and result of each. */
export const finishSql = (rows: number): string =>
  `INSERT INTO millrace_finished (seq, state, attempt, token, lost, worker, started_at, finished_at, result)
SELECT l.seq, 5, l.attempt, l.token, l.lost, l.worker, l.started_at, ?, e.column3
FROM (VALUES ${Array(rows).fill('(?, ?, ?)').join(', ')}) AS e
CROSS JOIN millrace_lease AS l ON l.seq = e.column1 AND l.token = e.column2`

/** Ends so many leases. The seq of each. */
export const leaveSql = (rows: number): string =>
  `DELETE FROM millrace_lease WHERE seq IN (${Array(rows).fill('?').join(', ')})`

const FINISH = { one: finishSql(1), many: finishSql(ROWS) }
const LEAVE = { one: leaveSql(1), many: leaveSql(ROWS) }

/** An attempt that succeeded, by the seq of its job. */
interface Success extends Settlement {
  readonly job: ClaimRef & { readonly ref: number }
  readonly outcome: Extract<Outcome, { kind: 'succeed' }>
}

/** Settles the attempts; answers the ids that came too late. The caller holds a write transaction. */
export function settle(
  session: SqliteSession,
  settlements: readonly Settlement[],
  now: number,
  counts: CountChanges,
): string[] {
  const leaseLost: string[] = []
  const successes: Success[] = []
  // An attempt that is settled twice in one call is settled by the first, so that order matters then.
  const distinct = areDistinct(settlements)
  for (const settlement of settlements) {
    if (distinct && isSuccess(settlement)) {
      successes.push(settlement)
      continue
    }
    const { job, outcome } = settlement
    const place = currentPlace(session, job)
    if (place === undefined) leaseLost.push(job.id)
    else counts.move(place.queue, STATE.active, settleOne(session, place, outcome, now))
  }
  let at = 0
  for (; at + ROWS <= successes.length; at += ROWS)
    succeed(session, successes.slice(at, at + ROWS), now, counts, leaseLost)
  for (; at < successes.length; at++) succeed(session, successes.slice(at, at + 1), now, counts, leaseLost)
  return leaseLost
}

function isSuccess(settlement: Settlement): settlement is Success {
  return settlement.outcome.kind === 'succeed' && typeof settlement.job.ref === 'number'
}

function areDistinct(settlements: readonly Settlement[]): boolean {
  if (areRising(settlements)) return true
  const seen = new Set<number | string>()
  for (const { job } of settlements) seen.add(job.ref ?? job.id)
  return seen.size === settlements.length
}

/** Most jobs end in the order in which they were stored, and are seen to be distinct without a set. */
function areRising(settlements: readonly Settlement[]): boolean {
  let latest = 0
  for (const { job } of settlements) {
    if (typeof job.ref !== 'number' || job.ref <= latest) return false
    latest = job.ref
  }
  return true
}

/** Moves one, or {@link ROWS}; where some came too late, those that did not. */
function succeed(
  session: SqliteSession,
  successes: readonly Success[],
  now: number,
  counts: CountChanges,
  leaseLost: string[],
): void {
  const size = successes.length === ROWS ? 'many' : 'one'
  const leases: SqlValue[] = [now]
  const seqs: number[] = []
  for (const { job, outcome } of successes) {
    leases.push(job.ref, job.token, outcome.result)
    seqs.push(job.ref)
  }
  const finished = session.composed(FINISH[size]).run(...leases).changes
  let current = successes
  if (finished < successes.length) {
    current = successes.filter(({ job }) => session.get('leaseGet', job.ref, job.token) !== undefined)
    for (const success of successes) if (!current.includes(success)) leaseLost.push(success.job.id)
    for (const { job } of current) session.run('leaseDelete', job.ref)
  } else {
    session.composed(LEAVE[size]).run(...seqs)
  }
  for (const { job } of current) counts.move(job.queue, STATE.active, STATE.succeeded)
}

/** The place of the attempt's job, where the attempt is still its current one. */
function currentPlace(session: SqliteSession, job: ClaimRef): Place | undefined {
  const seq = typeof job.ref === 'number' ? job.ref : placeOf(session, job.id)?.seq
  return seq === undefined ? undefined : session.get<Place>('leaseGet', seq, job.token)
}

/** Carries the job to where the outcome sends it; answers the state reached. */
function settleOne(session: SqliteSession, place: Place, outcome: Outcome, now: number): number {
  if (outcome.kind === 'release') return release(session, place)
  leave(session, place)
  switch (outcome.kind) {
    case 'succeed':
      finish(
        session,
        { ...place, state: STATE.succeeded, error: null },
        { now, result: outcome.result, reason: null },
      )
      return STATE.succeeded
    case 'retry': {
      const error = writeError(outcome.error)
      note(session, place, 'retried', now, error)
      return later(session, { ...place, state: STATE.retrying, error }, now + outcome.delayMs)
    }
    case 'fail': {
      const error = writeError(outcome.error)
      note(session, place, 'failed', now, error)
      const attempt = outcome.counts ? place.attempt : place.attempt - 1
      finish(
        session,
        { ...place, state: STATE.failed, attempt, error },
        { now, result: null, reason: outcome.reason },
      )
      return STATE.failed
    }
    case 'cancel': {
      const error = writeError(outcome.error)
      note(session, place, 'cancelled', now, error)
      finish(
        session,
        { ...place, state: STATE.cancelled, error },
        { now, result: null, reason: outcome.reason },
      )
      return STATE.cancelled
    }
    case 'snooze':
      return later(
        session,
        { ...place, state: STATE.scheduled, attempt: place.attempt - 1 },
        now + outcome.delayMs,
      )
  }
}

function later(session: SqliteSession, place: Place, dueAt: number): number {
  setDue(session, place, dueAt)
  wait(session, { ...place, due_at: dueAt })
  return place.state
}

function note(
  session: SqliteSession,
  place: Place,
  outcome: AttemptOutcome,
  now: number,
  error: string | null,
): void {
  const { seq, token, attempt, worker, started_at } = place
  session.run('attemptAdd', seq, token, attempt, outcome, worker, started_at, now, error)
}
