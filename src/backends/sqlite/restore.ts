/**
 * Storing jobs that lived in another store, whole. The caller holds a write transaction.
 * @module
 */
import type { JobRecord, StoredJob } from '../../contract/index.ts'
import { packOptions, STATE, writeError } from '../_sql/rows.ts'
import { CountChanges } from './counts.ts'
import { finish, wait } from './places.ts'
import type { SqliteSession } from './session.ts'
import { takeFreeKey } from './unique.ts'

/** Stores those that are not there yet; answers the queues in which something may be claimable. */
export function restore(session: SqliteSession, jobs: readonly StoredJob[]): Set<string> {
  const now = session.now()
  const counts = new CountChanges()
  const queues = new Set<string>()
  for (const stored of jobs) {
    const { job } = stored
    if (session.get('jobExists', job.id) !== undefined) continue
    const state = revived(job, now)
    const seq = insert(session, job)
    stand(session, job, seq, state, now)
    counts.add(job.queue, state, 1)
    queues.add(job.queue)
    for (const tag of new Set(job.tags)) session.run('tagAdd', tag, job.id)
    if (job.progress !== null) session.run('progressPut', seq, 0, JSON.stringify(job.progress))
    restoreHistory(session, stored, seq)
    for (const { key, status, value } of stored.checkpoints)
      session.run('checkpointPut', seq, key, status === 'done' ? 1 : 0, value)
    if (stored.unique !== null) takeFreeKey(session, job.id, stored.unique, now)
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

function insert(session: SqliteSession, job: JobRecord): number {
  const { id, task, queue, priority, dueAt, createdAt, version, maxAttempts, payload, expiresAt } = job
  const options = packOptions(job)
  session.run(
    'jobRestore',
    id,
    task,
    queue,
    priority,
    dueAt,
    createdAt,
    version,
    maxAttempts,
    payload,
    expiresAt,
    options,
  )
  return session.get<{ seq: number }>('jobExists', id)?.seq ?? 0
}

function stand(session: SqliteSession, job: JobRecord, seq: number, state: number, now: number): void {
  const { queue, priority, dueAt, lost, worker, startedAt, result, reason } = job
  // An attempt that ran in the other store goes on nowhere, so it does not count.
  const attempt = job.state === 'active' ? job.attempt - 1 : job.attempt
  const carried = {
    attempt,
    lost,
    worker,
    token: 0,
    started_at: startedAt,
    finished_at: null,
    error: writeError(job.error),
  }
  const place = { seq, queue, priority, due_at: dueAt, state, ...carried }
  if (state >= STATE.succeeded) finish(session, place, { now: job.finishedAt ?? now, result, reason })
  else wait(session, place)
}

function restoreHistory(session: SqliteSession, { job, attempts, logs }: StoredJob, seq: number): void {
  // The attempt that runs, or led to success, is read off the job's place. The others keep their order by a token below 0.
  for (const [index, record] of attempts.entries()) {
    if (record.outcome === 'running') continue
    if (record.outcome === 'succeeded' && job.state === 'succeeded' && index === attempts.length - 1) continue
    const { attempt, outcome, worker, startedAt, finishedAt, error } = record
    session.run(
      'attemptAdd',
      seq,
      index - attempts.length,
      attempt,
      outcome,
      worker,
      startedAt,
      finishedAt,
      writeError(error),
    )
  }
  for (const { attempt, at, level, message, fields } of logs) {
    session.run('logAdd', seq, attempt, at, level, message, fields === null ? null : JSON.stringify(fields))
  }
}
