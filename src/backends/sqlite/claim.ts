/**
 * Claiming: the next due jobs of the asked queues, straight off the index that holds them in order.
 * Its cost depends on how many are claimed, not on how many wait.
 * @module
 */
import type { ClaimedJob, ClaimRequest } from '../../contract/index.ts'
import { STATE, unpackOptions } from '../_sql/rows.ts'
import type { CountChanges } from './counts.ts'
import type { SqlValue } from './driver.ts'
import { finish, leave, placeOf } from './places.ts'
import type { SqliteSession } from './session.ts'

/** Below every rank. A rank is a negative priority, so that the highest priority comes first. */
const LOWEST_RANK = -101

/** The columns of `claim-select.sql` and `ahead-select.sql`; rows come as arrays, which is much faster. */
export const AT = {
  seq: 0,
  id: 1,
  task: 2,
  state: 3,
  payload: 4,
  version: 5,
  attempt: 6,
  maxAttempts: 7,
  createdAt: 8,
  dueAt: 9,
  expiresAt: 10,
  options: 11,
  lost: 12,
  rank: 13,
} as const

/** What a look at the waiting jobs found. */
export interface Outlook {
  /** Something can be claimed now. */
  readonly due: boolean
  /** Else: when the next job becomes due; null where none waits. */
  readonly nextDueAt: number | null
}

/** Whether anything can be claimed, without taking the write lock. */
export function look(session: SqliteSession, request: ClaimRequest, now: number): Outlook {
  let nextDueAt: number | null = null
  const paused = pausedQueues(session)
  for (const queue of request.queues) {
    if (queue.limit <= 0 || paused.has(queue.name)) continue
    for (const rank of ranks(session, queue.name)) {
      if (rank.due_at <= now) return { due: true, nextDueAt: null }
      if (nextDueAt === null || rank.due_at < nextDueAt) nextDueAt = rank.due_at
    }
  }
  return { due: false, nextDueAt }
}

/** Claims for the worker. The caller holds a write transaction. */
export function claim(
  session: SqliteSession,
  workerId: string,
  request: ClaimRequest,
  now: number,
  counts: CountChanges,
): ClaimedJob[] {
  session.run('tokenNext')
  const token = session.get<{ latest: number }>('tokenGet')?.latest ?? 0
  const claiming: Claiming = { session, workerId, token, now, counts, claimed: [] }
  const { claimed } = claiming
  const paused = pausedQueues(session)
  for (const queue of request.queues) {
    const room = request.limit - claimed.length
    if (room <= 0) break
    if (paused.has(queue.name)) continue
    const left = claimFromQueue(claiming, queue.name, Math.min(room, queue.limit))
    if (session.clockWentBack && left > 0) claimAhead(claiming, queue.name, left)
  }
  // Once nothing pending lies ahead, nor can come back there, it is over.
  if (session.clockWentBack && claimed.length < request.limit) {
    if (session.get('aheadAny', now, now) === undefined) session.aheadUntil = 0
  }
  return claimed
}

/** One claim on its way. */
interface Claiming {
  readonly session: SqliteSession
  readonly workerId: string
  /** Fences everything that is claimed now. */
  readonly token: number
  readonly now: number
  readonly counts: CountChanges
  readonly claimed: ClaimedJob[]
}

interface Rank {
  readonly rank: number
  readonly due_at: number
}

/** The ranks that wait in a queue, the first one first, each with its earliest due time. */
function* ranks(session: SqliteSession, queue: string): Generator<Rank> {
  let bound = LOWEST_RANK
  for (;;) {
    const next = session.get<Rank>('claimPeek', queue, bound)
    if (next === undefined) return
    yield next
    bound = next.rank
  }
}

/** Answers how much of the limit is left. */
function claimFromQueue(claiming: Claiming, queue: string, limit: number): number {
  const { session, workerId, token, now, counts, claimed } = claiming
  let left = limit
  for (const { rank, due_at: earliest } of ranks(session, queue)) {
    if (earliest > now) continue
    while (left > 0) {
      const rows = session.rows('claimSelect', queue, rank, now, left)
      const last = rows.at(-1)
      if (last === undefined) break
      const live = dropExpired(claiming, queue, rows)
      const [lastDue, lastSeq] = [last[AT.dueAt] as number, last[AT.seq] as number]
      session.run('claimLease', token, workerId, now, queue, rank, lastDue, lastSeq)
      session.run('claimLeave', queue, rank, lastDue, lastSeq)
      for (const row of live) {
        counts.move(queue, row[AT.state] as number, STATE.active)
        claimed.push(toClaimed(row, queue, rank, token))
      }
      markCareful(session, live)
      left -= live.length
      // Only where expired jobs were met can there be more of this rank.
      if (live.length === rows.length) break
    }
    if (left === 0) break
  }
  return left
}

/** Cancels what expired while it waited, and answers the rest. */
function dropExpired(claiming: Claiming, queue: string, rows: SqlValue[][]): SqlValue[][] {
  const { session, now, counts } = claiming
  const isLive = (row: SqlValue[]): boolean =>
    row[AT.expiresAt] === null || (row[AT.expiresAt] as number) > now
  if (rows.every(isLive)) return rows
  return rows.filter((row) => {
    if (isLive(row)) return true
    const place = placeOf(session, row[AT.id] as string)
    if (place === undefined) return false
    leave(session, place)
    finish(session, { ...place, state: STATE.cancelled }, { now, result: null, reason: 'expired' })
    counts.move(queue, place.state, STATE.cancelled)
    return false
  })
}

/** Pending stays pending when the clock is set back, though the due time is ahead of now then. Slow, and rare. */
function claimAhead(claiming: Claiming, queue: string, limit: number): void {
  const { session, workerId, token, now, counts, claimed } = claiming
  for (const row of session.rows('aheadSelect', queue, now, limit)) {
    const [seq, dueAt, rank] = [row[AT.seq] as number, row[AT.dueAt] as number, row[AT.rank] as number]
    session.run('aheadLease', token, workerId, now, queue, rank, dueAt, seq)
    session.run('waitingDelete', queue, rank, dueAt, seq)
    markCareful(session, [row])
    counts.move(queue, STATE.pending, STATE.active)
    claimed.push(toClaimed(row, queue, rank, token))
  }
}

/** Its loss could end the job, so it is not begun by its claim: see `ClaimedJob.begun`. */
function isCareful(row: SqlValue[]): boolean {
  return (row[AT.attempt] as number) + 1 >= (row[AT.maxAttempts] as number) || row[AT.lost] !== 0
}

/** The careful ones among those that were just leased. */
function markCareful(session: SqliteSession, rows: SqlValue[][]): void {
  if (!rows.some(isCareful)) return
  session.run('leasesCareful', JSON.stringify(rows.filter(isCareful).map((row) => row[AT.seq])))
}

/** A row as the job is once it is leased. */
function toClaimed(row: SqlValue[], queue: string, rank: number, token: number): ClaimedJob {
  const options = unpackOptions(row[AT.options] as string | null)
  return {
    id: row[AT.id] as string,
    queue,
    token,
    ref: row[AT.seq] as number,
    task: row[AT.task] as string,
    // Not -rank, which would make -0 of 0.
    priority: 0 - rank,
    payload: row[AT.payload] as string,
    version: row[AT.version] as number,
    attempt: (row[AT.attempt] as number) + 1,
    maxAttempts: row[AT.maxAttempts] as number,
    begun: !isCareful(row),
    createdAt: row[AT.createdAt] as number,
    dueAt: row[AT.dueAt] as number,
    expiresAt: row[AT.expiresAt] as number | null,
    timeoutMs: options.timeoutMs,
    retry: options.retry,
    tags: options.tags,
    meta: options.meta,
  }
}

const NONE: ReadonlySet<string> = new Set()

function pausedQueues(session: SqliteSession): ReadonlySet<string> {
  const rows = session.rows('pausedQueues')
  return rows.length === 0 ? NONE : new Set(rows.map(([queue]) => queue as string))
}
