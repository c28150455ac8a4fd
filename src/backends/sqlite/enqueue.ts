/**
 * Storing new jobs: many rows a statement, and the awkward ones (uniqueness, ids that exist) one by one.
 * @module
 */
import type { EnqueueReceipt, NewJob } from '../../contract/index.ts'
import { packOptions } from '../_sql/rows.ts'
import { CountChanges } from './counts.ts'
import type { SqlValue } from './driver.ts'
import type { SqliteSession } from './session.ts'
import { dueOf, expiryOf, waitingState } from './start.ts'
import { claimKey, takeKey } from './unique.ts'

/** Rows of the large insert. Measured: larger ones are no faster. */
const ROWS = 20
const COLUMNS =
  '(id, task, queue, priority, due_at, created_at, version, max_attempts, payload, expires_at, options)'
const VALUES = '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
const insertSql = (rows: number): string =>
  `INSERT INTO millrace_job ${COLUMNS} VALUES ${Array(rows).fill(VALUES).join(', ')} ON CONFLICT (id) DO NOTHING`
const INSERT_ONE = insertSql(1)
const INSERT_MANY = insertSql(ROWS)

/** Stores the jobs. The caller holds a write transaction. */
export function enqueue(session: SqliteSession, jobs: readonly NewJob[]): EnqueueReceipt[] {
  const now = session.now()
  const counts = new CountChanges()
  const receipts: EnqueueReceipt[] = []
  let plain: NewJob[] = []
  for (const job of jobs) {
    if (job.unique === null) {
      plain.push(job)
      continue
    }
    // In order, so that a plain job before it is stored before it.
    insertAll(session, plain, now, counts, receipts)
    plain = []
    const taken = claimKey(session, job, job.unique, now, counts)
    if (taken !== null) {
      receipts.push(taken)
      continue
    }
    insertAll(session, [job], now, counts, receipts)
    if (receipts.at(-1)?.outcome !== 'created') continue
    const { key, forMs, states } = job.unique
    takeKey(session, job.id, { key, until: forMs === null ? null : now + forMs, states })
  }
  insertAll(session, plain, now, counts, receipts)
  counts.write(session)
  return receipts
}

function insertAll(
  session: SqliteSession,
  jobs: readonly NewJob[],
  now: number,
  counts: CountChanges,
  receipts: EnqueueReceipt[],
): void {
  if (jobs.length === 0) return
  const before = session.get<{ seq: number }>('lastSeq')?.seq ?? 0
  let changes = 0
  let at = 0
  for (; at + ROWS <= jobs.length; at += ROWS)
    changes += insertRows(session, INSERT_MANY, jobs, at, at + ROWS, now)
  for (; at < jobs.length; at++) changes += insertRows(session, INSERT_ONE, jobs, at, at + 1, now)
  if (changes > 0) session.run('waitingAddNew', now, before)
  const created = changes === jobs.length ? null : createdSince(session, before)
  for (const job of jobs) {
    if (created !== null && !created.delete(job.id)) {
      receipts.push({ id: job.id, outcome: 'deduplicated' })
      continue
    }
    counts.add(job.queue, waitingState(dueOf(job, now), now), 1)
    if (job.tags.length > 0) for (const tag of new Set(job.tags)) session.run('tagAdd', tag, job.id)
    receipts.push({ id: job.id, outcome: 'created' })
  }
}

/** Inserts the jobs from `from` to `to` in one statement; answers how many were not there yet. */
function insertRows(
  session: SqliteSession,
  sql: string,
  jobs: readonly NewJob[],
  from: number,
  to: number,
  now: number,
): number {
  const params: SqlValue[] = []
  for (let at = from; at < to; at++) {
    const job = jobs[at] as NewJob
    params.push(job.id, job.task, job.queue, job.priority, dueOf(job, now), now, job.version, job.maxAttempts)
    params.push(job.payload, expiryOf(job, now), packOptions(job))
  }
  return session.composed(sql).run(...params).changes
}

/** Ids stored after the given place: how the jobs that were there already are told from the new ones. */
function createdSince(session: SqliteSession, seq: number): Set<string> {
  return new Set(session.rows('idsSince', seq).map(([id]) => id as string))
}
