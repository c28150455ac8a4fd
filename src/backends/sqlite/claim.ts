/**
 * Claiming: the next due jobs of the asked queues, straight off the index that holds them in order.
 * Its cost depends on how many are claimed, not on how many wait.
 * @module
 */
import type { ClaimedJob, ClaimRequest } from '../../contract/index.ts'
import type { CountChanges } from './counts.ts'
import type { SqlValue } from './driver.ts'
import { STATE, unpackOptions } from './rows.ts'
import type { SqliteSession } from './session.ts'

/** Above every priority. */
const HIGHEST = 101

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
  const claimed: ClaimedJob[] = []
  const paused = pausedQueues(session)
  for (const queue of request.queues) {
    const room = request.limit - claimed.length
    if (room <= 0) break
    if (paused.has(queue.name)) continue
    claimFromQueue(session, workerId, queue.name, Math.min(room, queue.limit), now, counts, claimed)
  }
  return claimed
}

interface Rank {
  readonly priority: number
  readonly due_at: number
}

/** The priorities that wait in a queue, the highest first, each with its earliest due time. */
function* ranks(session: SqliteSession, queue: string): Generator<Rank> {
  let bound = HIGHEST
  for (;;) {
    const rank = session.get<Rank>('claimPeek', queue, bound)
    if (rank === undefined) return
    yield rank
    bound = rank.priority
  }
}

function claimFromQueue(
  session: SqliteSession,
  workerId: string,
  queue: string,
  limit: number,
  now: number,
  counts: CountChanges,
  claimed: ClaimedJob[],
): void {
  let left = limit
  for (const rank of ranks(session, queue)) {
    while (left > 0 && rank.due_at <= now) {
      const rows = session.rows('claimSelect', queue, rank.priority, now, left)
      if (rows.length === 0) break
      const live = dropExpired(session, queue, rows, now, counts)
      take(session, workerId, queue, rank.priority, live, now, counts, claimed)
      left -= live.length
      // Only where expired jobs were met can there be more of this priority.
      if (live.length === rows.length) break
    }
    if (left === 0) return
  }
}

/** Cancels what expired while it waited, and answers the rest. */
function dropExpired(
  session: SqliteSession,
  queue: string,
  rows: SqlValue[][],
  now: number,
  counts: CountChanges,
): SqlValue[][] {
  const expired = rows.filter((row) => row[11] !== null && (row[11] as number) <= now)
  if (expired.length === 0) return rows
  session.run('expire', now, JSON.stringify(expired.map((row) => row[0])))
  for (const row of expired) counts.move(queue, row[3] as number, STATE.cancelled)
  return rows.filter((row) => !expired.includes(row))
}

function take(
  session: SqliteSession,
  workerId: string,
  queue: string,
  priority: number,
  rows: SqlValue[][],
  now: number,
  counts: CountChanges,
  claimed: ClaimedJob[],
): void {
  if (rows.length === 0) return
  let seqs = ''
  for (const row of rows) {
    seqs += `${seqs === '' ? '[' : ','}${row[0]}`
    counts.move(queue, row[3] as number, STATE.active)
    claimed.push(toClaimed(row, queue, priority))
  }
  session.run('claimTake', workerId, now, `${seqs}]`)
}

/** A row of `claim-select.sql`, by place, as it is after `claim-take.sql`. */
function toClaimed(row: SqlValue[], queue: string, priority: number): ClaimedJob {
  const options = unpackOptions(row[12] as string | null)
  return {
    id: row[1] as string,
    queue,
    token: (row[8] as number) + 1,
    ref: row[0] as number,
    task: row[2] as string,
    priority,
    payload: row[4] as string,
    version: row[5] as number,
    attempt: (row[6] as number) + 1,
    maxAttempts: row[7] as number,
    createdAt: row[9] as number,
    dueAt: row[10] as number,
    expiresAt: row[11] as number | null,
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
