/**
 * Storing jobs that lived in another store, whole. The caller holds a write transaction.
 * @module
 */
import type { JobRecord, StoredJob } from '../../contract/index.ts'
import { CountChanges } from './counts.ts'
import { packOptions, STATE, writeError } from './rows.ts'
import type { SqliteSession } from './session.ts'

/** Stores those that are not there yet; answers the queues in which something may be claimable. */
export function restore(session: SqliteSession, jobs: readonly StoredJob[]): Set<string> {
  const now = session.now()
  const counts = new CountChanges()
  const queues = new Set<string>()
  for (const { job, attempts, logs } of jobs) {
    if (session.get('jobById', job.id) !== undefined) continue
    const state = revived(job, now)
    insert(session, job, state)
    counts.add(job.queue, state, 1)
    queues.add(job.queue)
    const seq = session.get<{ seq: number }>('jobById', job.id)?.seq ?? 0
    for (const tag of new Set(job.tags)) session.run('tagAdd', tag, job.id)
    // Attempts of a job that runs or succeeded are read off the job; older ones keep their order by a token below 0.
    for (const [index, record] of attempts.entries()) {
      if (record.outcome === 'running' || record.outcome === 'succeeded') continue
      const { attempt, outcome, worker, startedAt, finishedAt, error } = record
      const token = index - attempts.length
      session.run('attemptRestore', seq, token, attempt, outcome, worker, startedAt, finishedAt, writeError(error))
    }
    for (const { attempt, at, level, message, fields } of logs) {
      session.run('logAdd', seq, attempt, at, level, message, fields === null ? null : JSON.stringify(fields))
    }
  }
  counts.write(session)
  return queues
}

/** A held job comes back to life in the state its times and attempts tell of; an active one has no worker here. */
function revived(job: JobRecord, now: number): number {
  if (job.state === 'active') return STATE.pending
  if (job.state !== 'blocked') return STATE[job.state]
  if (job.dueAt <= now) return STATE.pending
  return job.attempt > 0 ? STATE.retrying : STATE.scheduled
}

function insert(session: SqliteSession, job: JobRecord, state: number): void {
  session.run(
    'jobRestore',
    job.id,
    job.task,
    job.queue,
    state,
    job.priority,
    job.dueAt,
    job.createdAt,
    job.version,
    job.attempt,
    job.maxAttempts,
    job.lost,
    job.payload,
    job.expiresAt,
    packOptions(job),
    job.worker,
    job.startedAt,
    job.finishedAt,
    job.result,
    job.reason,
    writeError(job.error),
    job.progress === null ? null : JSON.stringify(job.progress),
  )
}
