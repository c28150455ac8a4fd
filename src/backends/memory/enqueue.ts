/**
 * Storing new jobs, and deciding what stands for them where their key is taken.
 * @module
 */
import type { EnqueueReceipt, NewJob } from '../../contract/index.ts'
import { copyMeta, copyRetry, copyTags, isWaiting, type Row } from './row.ts'
import type { Store } from './store.ts'
import { holder, takeKey } from './unique.ts'

/** Stores jobs in the given order; each sees those before it. */
export function enqueue(store: Store, jobs: readonly NewJob[]): EnqueueReceipt[] {
  const now = store.now()
  return jobs.map((job) => enqueueOne(store, job, now))
}

function enqueueOne(store: Store, job: NewJob, now: number): EnqueueReceipt {
  if (store.jobs.has(job.id)) return { id: job.id, outcome: 'deduplicated' }
  const taken = job.unique === null ? null : holder(store, job.unique.key, now)
  if (taken !== null) return conflict(store, taken, job, now)
  const row = newRow(store, job, now)
  if (job.unique !== null) {
    const { key, forMs, states } = job.unique
    takeKey(store, row, { key, until: forMs === null ? null : now + forMs, states })
  }
  store.add(row)
  return { id: job.id, outcome: 'created' }
}

function conflict(store: Store, row: Row, job: NewJob, now: number): EnqueueReceipt {
  const rule = job.unique?.conflict ?? 'skip'
  const waits = isWaiting(row.state) && (row.expiresAt === null || row.expiresAt > now)
  if (rule === 'skip' || !waits) return { id: row.id, outcome: 'deduplicated' }
  store.lift(row)
  row.queue = job.queue
  row.priority = job.priority
  row.payload = job.payload
  row.version = job.version
  row.maxAttempts = job.maxAttempts
  row.timeoutMs = job.timeoutMs
  row.expiresAt = expiryOf(job, now)
  row.retry = copyRetry(job.retry)
  row.tags = copyTags(job.tags)
  row.meta = copyMeta(job.meta)
  if (rule === 'reschedule') {
    row.dueAt = dueOf(job, now)
    row.state = row.dueAt > now ? 'scheduled' : 'pending'
  }
  store.drop(row)
  return { id: row.id, outcome: rule === 'reschedule' ? 'rescheduled' : 'replaced' }
}

function dueOf(job: NewJob, now: number): number {
  return job.dueAt ?? now + job.delayMs
}

function expiryOf(job: NewJob, now: number): number | null {
  if (job.expiresAt !== null) return job.expiresAt
  return job.expiresInMs === null ? null : now + job.expiresInMs
}

function newRow(store: Store, job: NewJob, now: number): Row {
  const dueAt = dueOf(job, now)
  return {
    id: job.id,
    task: job.task,
    queue: job.queue,
    state: dueAt > now ? 'scheduled' : 'pending',
    priority: job.priority,
    payload: job.payload,
    version: job.version,
    attempt: 0,
    maxAttempts: job.maxAttempts,
    createdAt: now,
    dueAt,
    startedAt: null,
    finishedAt: null,
    expiresAt: expiryOf(job, now),
    timeoutMs: job.timeoutMs,
    retry: copyRetry(job.retry),
    tags: copyTags(job.tags),
    meta: copyMeta(job.meta),
    worker: null,
    result: null,
    reason: null,
    error: null,
    progress: null,
    lost: 0,
    seq: store.nextSeq(),
    token: 0,
    begun: true,
    unique: null,
    removed: false,
    line: null,
    place: null,
    attempts: null,
    logs: null,
    checkpoints: null,
  }
}
