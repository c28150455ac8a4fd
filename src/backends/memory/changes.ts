/**
 * Corrections a person makes to stored jobs, and moving jobs between stores.
 * @module
 */
import type { ChangeReceipt, FinishReason, StoredJob } from '../../contract/index.ts'
import { copyMeta, copyRetry, copyTags, isWaiting, type Row, recordAttempt } from './row.ts'
import type { Store } from './store.ts'
import { holder, takeKey } from './unique.ts'

/** Cancels jobs that wait or are held. */
export function cancel(store: Store, ids: readonly string[], reason: FinishReason): ChangeReceipt[] {
  return change(store, ids, (row) => {
    if (!isWaiting(row.state) && row.state !== 'blocked') return false
    store.finish(row, 'cancelled', reason, row.error)
    return true
  })
}

/** Runs jobs again at once. */
export function requeue(store: Store, ids: readonly string[]): ChangeReceipt[] {
  return change(store, ids, (row, now) => {
    if (row.state === 'active') return false
    const finished = !isWaiting(row.state) && row.state !== 'blocked'
    // The successful attempt lives in the row itself, which the next attempt is about to overwrite.
    if (row.state === 'succeeded') recordAttempt(row, 'succeeded', row.finishedAt ?? now, null)
    store.lift(row)
    row.state = 'pending'
    row.dueAt = now
    // Whoever asks for a job to run wants it to run, so an expiry that has passed no longer counts.
    if (row.expiresAt !== null && row.expiresAt <= now) row.expiresAt = null
    if (finished) {
      row.attempt = 0
      row.lost = 0
      row.reason = null
      row.error = null
      row.result = null
      row.finishedAt = null
      row.progress = null
    }
    store.drop(row)
    return true
  })
}

/** Moves the due time of jobs that wait. */
export function reschedule(store: Store, ids: readonly string[], dueAt: number): ChangeReceipt[] {
  return change(store, ids, (row, now) => {
    if (!isWaiting(row.state)) return false
    store.lift(row)
    row.dueAt = dueAt
    row.state = dueAt > now ? 'scheduled' : 'pending'
    store.drop(row)
    return true
  })
}

/** Keeps waiting jobs from workers. */
export function hold(store: Store, ids: readonly string[]): ChangeReceipt[] {
  return change(store, ids, (row) => {
    if (!isWaiting(row.state)) return false
    store.lift(row)
    row.state = 'blocked'
    store.drop(row)
    return true
  })
}

/** Removes jobs that do not run. */
export function remove(store: Store, ids: readonly string[]): ChangeReceipt[] {
  return change(store, ids, (row) => {
    if (row.state === 'active') return false
    store.remove(row)
    return true
  })
}

/** Applies `apply` to each job; it answers false where the job's state does not allow the change. */
function change(
  store: Store,
  ids: readonly string[],
  apply: (row: Row, now: number) => boolean,
): ChangeReceipt[] {
  const now = store.now()
  return ids.map((id) => {
    const row = store.jobs.get(id)
    if (row === undefined) return { id, outcome: 'not-found', state: null }
    const outcome = apply(row, now) ? 'done' : 'refused'
    return { id, outcome, state: row.removed ? null : row.state }
  })
}

/** Stores jobs that lived elsewhere; those that are here already are left alone. */
export function restore(store: Store, jobs: readonly StoredJob[]): void {
  const now = store.now()
  for (const stored of jobs) {
    if (store.jobs.has(stored.job.id)) continue
    const row = restored(store, stored, now)
    const { unique } = stored
    if (unique !== null && holder(store, unique.key, now) === null) takeKey(store, row, unique)
    store.add(row)
  }
}

function restored(store: Store, { job, attempts, logs, checkpoints }: StoredJob, now: number): Row {
  const state = revived(job, now)
  // What is running or succeeded is made from the row; kept as well, it would show twice.
  const ended = attempts.filter(({ outcome }, index) => {
    const ofTheRow = outcome === 'running' || (outcome === 'succeeded' && index === attempts.length - 1)
    return !ofTheRow || (outcome === 'succeeded' && state !== 'succeeded')
  })
  return {
    ...job,
    state,
    attempt: job.state === 'active' ? Math.max(0, job.attempt - 1) : job.attempt,
    retry: copyRetry(job.retry),
    tags: copyTags(job.tags),
    meta: copyMeta(job.meta),
    error: structuredClone(job.error),
    seq: store.nextSeq(),
    token: 0,
    begun: true,
    unique: null,
    removed: false,
    line: null,
    place: null,
    attempts: ended.length === 0 ? null : structuredClone(ended),
    logs: logs.length === 0 ? null : structuredClone([...logs]),
    checkpoints: checkpoints.length === 0 ? null : new Map(checkpoints.map((one) => [one.key, { ...one }])),
  }
}

/** The state in which a moved job goes on. */
function revived(job: StoredJob['job'], now: number): Row['state'] {
  if (job.state === 'active') return 'pending'
  if (job.state !== 'blocked') return job.state
  if (job.dueAt <= now) return 'pending'
  return job.attempt > 0 && job.error !== null ? 'retrying' : 'scheduled'
}
