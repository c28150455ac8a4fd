/**
 * The hot path: settles what a worker finished, begins what it is about to run, and claims what it has room for,
 * in one step.
 * @module
 */
import type {
  ClaimedJob,
  ClaimRef,
  ClaimRequest,
  ExchangeReply,
  ExchangeRequest,
  Outcome,
} from '../../contract/index.ts'
import type { QueueLines } from './queue-lines.ts'
import { isExpired, type Row, recordAttempt, toClaimed } from './row.ts'
import type { Store } from './store.ts'

/** Settles first, so that a slot freed and a job given back in this call count for its claims. */
export function exchange(store: Store, request: ExchangeRequest): ExchangeReply {
  const now = store.now()
  const leaseLost: string[] = []
  for (const { job, outcome } of request.settle) {
    const row = store.running(job)
    if (row === undefined) leaseLost.push(job.id)
    else settle(store, row, outcome, now)
  }
  for (const job of request.begin) {
    const row = store.running(job)
    if (row === undefined) leaseLost.push(job.id)
    else row.begun = true
  }
  if (request.holding !== null) releaseUnknown(store, request.workerId, request.holding)
  const leaseExpired = !store.isLive(request.workerId)
  if (request.claim === null || leaseExpired)
    return { claimed: [], leaseLost, nextDueInMs: null, leaseExpired }
  const { claimed, nextDueInMs } = claim(store, request.workerId, request.claim, now)
  return { claimed, leaseLost, nextDueInMs, leaseExpired }
}

function settle(store: Store, row: Row, outcome: Outcome, now: number): void {
  switch (outcome.kind) {
    case 'succeed':
      row.result = outcome.result
      store.finish(row, 'succeeded', null, null)
      break
    case 'retry':
      recordAttempt(row, 'retried', now, structuredClone(outcome.error))
      row.error = structuredClone(outcome.error)
      wait(store, row, 'retrying', now + outcome.delayMs)
      break
    case 'fail':
      recordAttempt(row, 'failed', now, structuredClone(outcome.error))
      if (!outcome.counts) row.attempt -= 1
      store.finish(row, 'failed', outcome.reason, structuredClone(outcome.error))
      break
    case 'cancel':
      recordAttempt(row, 'cancelled', now, structuredClone(outcome.error))
      store.finish(row, 'cancelled', outcome.reason, structuredClone(outcome.error))
      break
    case 'snooze':
      row.attempt -= 1
      wait(store, row, 'scheduled', now + outcome.delayMs)
      break
    case 'release':
      release(store, row)
      break
  }
}

/** Gives back the worker's jobs of which it has never heard, because the answer to their claim was lost. */
function releaseUnknown(store: Store, workerId: string, holding: readonly ClaimRef[]): void {
  const known = new Set(holding.map(({ token }) => token))
  for (const row of [...(store.held.get(workerId) ?? [])]) if (!known.has(row.token)) release(store, row)
}

/** Back to the old place, as if it had never been claimed. */
export function release(store: Store, row: Row): void {
  row.attempt -= 1
  wait(store, row, 'pending', row.dueAt)
}

function wait(store: Store, row: Row, state: 'pending' | 'scheduled' | 'retrying', dueAt: number): void {
  store.lift(row)
  row.state = state
  row.dueAt = dueAt
  store.drop(row)
}

type Claimed = Pick<ExchangeReply, 'nextDueInMs'> & { readonly claimed: ClaimedJob[] }

function claim(store: Store, workerId: string, request: ClaimRequest, now: number): Claimed {
  const claimed: ClaimedJob[] = []
  let nextDueAt = Number.POSITIVE_INFINITY
  for (const { name, limit } of request.queues) {
    const queue = store.queues.get(name)
    if (queue === undefined || store.paused.has(name)) continue
    const room = Math.min(limit, request.limit - claimed.length)
    const before = claimed.length
    wakeDelayed(store, queue, now)
    while (claimed.length - before < room) {
      const row = queue.first()
      if (row === undefined) break
      if (isExpired(row, now)) store.finish(row, 'cancelled', 'expired', row.error)
      else claimed.push(start(store, row, workerId, now))
    }
    // A queue that gave all it was asked for may have more, so its next due time says nothing.
    if (claimed.length - before < room)
      nextDueAt = Math.min(nextDueAt, queue.delayed.first()?.dueAt ?? nextDueAt)
  }
  const emptied = claimed.length < request.limit && Number.isFinite(nextDueAt)
  return { claimed, nextDueInMs: emptied ? nextDueAt - now : null }
}

/** Jobs whose time has come leave the delayed line, whether or not there is room for them now. */
function wakeDelayed(store: Store, queue: QueueLines, now: number): void {
  for (let row = queue.delayed.first(); row !== undefined && row.dueAt <= now; row = queue.delayed.first()) {
    wait(store, row, 'pending', row.dueAt)
  }
}

function start(store: Store, row: Row, workerId: string, now: number): ClaimedJob {
  store.lift(row)
  row.state = 'active'
  row.attempt += 1
  row.token = store.nextToken()
  row.begun = row.attempt < row.maxAttempts && row.lost === 0
  row.worker = workerId
  row.startedAt = now
  row.progress = null
  store.drop(row)
  return toClaimed(row)
}
