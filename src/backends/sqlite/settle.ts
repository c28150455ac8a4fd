/**
 * Settling: each attempt's end, fenced by its token.
 * @module
 */
import type { ClaimRef, Outcome, Settlement } from '../../contract/index.ts'
import type { CountChanges } from './counts.ts'
import { STATE, writeError } from './rows.ts'
import type { SqliteSession } from './session.ts'

/** Settles the attempts; answers the ids that came too late. The caller holds a write transaction. */
export function settle(
  session: SqliteSession,
  settlements: readonly Settlement[],
  now: number,
  counts: CountChanges,
): string[] {
  const leaseLost: string[] = []
  for (const { job, outcome } of settlements) {
    const seq = typeof job.ref === 'number' ? job.ref : seqOf(session, job)
    const state = seq === null ? null : settleOne(session, seq, job.token, outcome, now)
    if (state === null) leaseLost.push(job.id)
    else counts.move(job.queue, STATE.active, state)
  }
  return leaseLost
}

/** The state reached; null where the token is old. */
function settleOne(session: SqliteSession, seq: number, token: number, outcome: Outcome, now: number): number | null {
  switch (outcome.kind) {
    case 'succeed':
      return session.run('settleSucceed', now, outcome.result, seq, token) === 1 ? STATE.succeeded : null
    case 'retry': {
      const error = writeError(outcome.error)
      session.run('attemptAdd', 'retried', now, error, seq, token)
      return session.run('settleRetry', now + outcome.delayMs, error, seq, token) === 1 ? STATE.retrying : null
    }
    case 'fail': {
      const error = writeError(outcome.error)
      if (outcome.counts) session.run('attemptAdd', 'failed', now, error, seq, token)
      const changed = session.run('settleFail', now, outcome.reason, error, outcome.counts ? 0 : 1, seq, token)
      return changed === 1 ? STATE.failed : null
    }
    case 'cancel': {
      const error = writeError(outcome.error)
      session.run('attemptAdd', 'cancelled', now, error, seq, token)
      return session.run('settleCancel', now, outcome.reason, error, seq, token) === 1 ? STATE.cancelled : null
    }
    case 'snooze':
      session.run('attemptAdd', 'snoozed', now, null, seq, token)
      return session.run('settleSnooze', now + outcome.delayMs, seq, token) === 1 ? STATE.scheduled : null
    case 'release':
      return session.run('settleRelease', seq, token) === 1 ? STATE.pending : null
  }
}

function seqOf(session: SqliteSession, job: ClaimRef): number | null {
  return session.get<{ seq: number }>('jobById', job.id)?.seq ?? null
}
