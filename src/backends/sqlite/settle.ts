/**
 * Settling: each attempt's end, fenced by its token. Successes go many at once, the rest one by one.
 * @module
 */
import type { AttemptOutcome, ClaimRef, Outcome, Settlement } from '../../contract/index.ts'
import type { CountChanges } from './counts.ts'
import { finish, leave, type Place, placeOf, setDue, wait } from './places.ts'
import { STATE, writeError } from './rows.ts'
import type { SqliteSession } from './session.ts'

/** Longer results are bound as parameters of their own instead of travelling inside a JSON array. */
const SHORT_RESULT = 1024

interface Success {
  readonly job: ClaimRef
  readonly seq: number
  readonly result: string | null
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
  const distinct = new Set(settlements.map(({ job }) => job.id)).size === settlements.length
  for (const { job, outcome } of settlements) {
    if (distinct && outcome.kind === 'succeed' && typeof job.ref === 'number' && isShort(outcome.result)) {
      successes.push({ job, seq: job.ref, result: outcome.result })
      continue
    }
    const place = currentPlace(session, job)
    if (place === undefined) leaseLost.push(job.id)
    else counts.move(place.queue, STATE.active, settleOne(session, place, outcome, now))
  }
  if (successes.length > 0) succeedMany(session, successes, now, counts, leaseLost)
  return leaseLost
}

const isShort = (result: string | null): boolean => result === null || result.length <= SHORT_RESULT

function succeedMany(
  session: SqliteSession,
  successes: readonly Success[],
  now: number,
  counts: CountChanges,
  leaseLost: string[],
): void {
  let list = successes
  let json = asJson(list)
  const finished = session.run('succeedFinish', now, json)
  if (finished < successes.length) {
    // Some came too late, which is rare: find out which.
    const current = new Set(session.rows('succeedCurrent', json).map(([seq]) => seq as number))
    for (const success of successes) if (!current.has(success.seq)) leaseLost.push(success.job.id)
    list = successes.filter(({ seq }) => current.has(seq))
    json = asJson(list)
  }
  session.run('succeedLeave', json)
  for (const { job } of list) counts.move(job.queue, STATE.active, STATE.succeeded)
}

function asJson(successes: readonly Success[]): string {
  let json = ''
  for (const { seq, job, result } of successes) {
    json += `${json === '' ? '' : ','}[${seq},${job.token},${result === null ? 'null' : JSON.stringify(result)}]`
  }
  return `[${json}]`
}

/** The place of the attempt's job, where the attempt is still its current one. */
function currentPlace(session: SqliteSession, job: ClaimRef): Place | undefined {
  const seq = typeof job.ref === 'number' ? job.ref : placeOf(session, job.id)?.seq
  return seq === undefined ? undefined : session.get<Place>('leaseGet', seq, job.token)
}

/** Carries the job to where the outcome sends it; answers the state reached. */
function settleOne(session: SqliteSession, place: Place, outcome: Outcome, now: number): number {
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
      const error = writeError(outcome.error) ?? place.error
      note(session, place, 'cancelled', now, writeError(outcome.error))
      finish(
        session,
        { ...place, state: STATE.cancelled, error },
        { now, result: null, reason: outcome.reason },
      )
      return STATE.cancelled
    }
    case 'snooze':
      note(session, place, 'snoozed', now, null)
      return later(
        session,
        { ...place, state: STATE.scheduled, attempt: place.attempt - 1 },
        now + outcome.delayMs,
      )
    case 'release':
      return later(session, { ...place, state: STATE.pending, attempt: place.attempt - 1 }, place.due_at)
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
