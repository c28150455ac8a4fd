/**
 * Storing jobs that lived in another store, whole. The caller is inside a transaction.
 * @module
 */
import type { JobRecord, StoredJob } from '../../contract/index.ts'
import { packOptions, STATE, writeError } from '../_sql/rows.ts'
import { texts, withoutNul } from './array.ts'
import type { PostgresSession } from './session.ts'
import { stateBits } from './unique.ts'

/** Stores those that are not there yet. */
export async function restore(session: PostgresSession, jobs: readonly StoredJob[]): Promise<void> {
  const { now } = await session.one<{ now: string }>('now')
  for (const stored of jobs) {
    const { job, unique } = stored
    const state = revived(job, Number(now))
    await session.one(
      'restore',
      JSON.stringify(columns(job)),
      state,
      JSON.stringify(attempts(stored)),
      JSON.stringify(
        stored.logs.map((line) => ({
          ...line,
          message: JSON.stringify(line.message),
          fields: line.fields === null ? null : JSON.stringify(line.fields),
        })),
      ),
      JSON.stringify(
        stored.checkpoints.map(({ key, status, value }) => ({ key, done: status === 'done', value })),
      ),
      texts(job.tags.map(withoutNul)),
      unique?.key ?? null,
      unique?.until ?? null,
      unique === null ? null : stateBits(unique.states),
    )
  }
}

/** A held job comes back to life in the state its times and attempts tell of; an active one has no worker here. */
function revived(job: JobRecord, now: number): number {
  if (job.state === 'active') return STATE.pending
  if (job.state !== 'blocked') return STATE[job.state]
  if (job.dueAt <= now) return STATE.pending
  return job.attempt > 0 ? STATE.retrying : STATE.scheduled
}

/** The columns of the job and of its place. */
function columns(job: JobRecord) {
  const { id, task, queue, priority, payload, version, lost, worker, result, reason, progress } = job
  // An attempt that ran in the other store goes on nowhere, and one that succeeded is counted by its place.
  const uncounted = job.state === 'active' || job.state === 'succeeded' ? 1 : 0
  return {
    ...{ id, task, queue, priority, payload, version, lost, worker, result, reason },
    due_at: job.dueAt,
    created_at: job.createdAt,
    max_attempts: job.maxAttempts,
    expires_at: job.expiresAt,
    options: packOptions(job),
    attempt: job.attempt - uncounted,
    started_at: job.startedAt,
    finished_at: job.finishedAt,
    error: writeError(job.error),
    progress: progress === null ? null : JSON.stringify(progress),
  }
}

/** Without the attempt that runs, or led to success: it is read off the job's place. Tokens below 0 keep the order. */
function attempts({ job, attempts: records }: StoredJob) {
  return records.flatMap((record, index) => {
    const last = index === records.length - 1
    if (record.outcome === 'running' || (record.outcome === 'succeeded' && job.state === 'succeeded' && last))
      return []
    const { attempt, outcome, worker, startedAt, finishedAt, error } = record
    const times = { started_at: startedAt, finished_at: finishedAt }
    return [{ token: index - records.length, attempt, outcome, worker, ...times, error: writeError(error) }]
  })
}
