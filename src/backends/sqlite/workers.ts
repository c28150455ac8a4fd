/**
 * Workers and their leases: heartbeat, retirement, and the rescue of what dead ones held.
 * @module
 */
import type { JobError, RescuedJob, WorkerInfo } from '../../contract/index.ts'
import { CountChanges } from './counts.ts'
import { isLive } from './exchange.ts'
import { STATE } from './rows.ts'
import type { SqliteSession } from './session.ts'

/** Most jobs rescued in one transaction. */
const RESCUE_BATCH = 1000

/** Registers the worker and extends its lease; false where it had run out. The caller holds a write transaction. */
export function heartbeat(session: SqliteSession, worker: WorkerInfo, leaseMs: number): boolean {
  const now = session.now()
  const lease = session.get<{ lease_until: number; lease_ms: number }>('workerLease', worker.id)
  session.run('workerBeat', worker.id, now + leaseMs, leaseMs, now, JSON.stringify(worker))
  return lease === undefined || isLive(lease.lease_until, lease.lease_ms, now)
}

interface HolderRow {
  readonly id: string
  readonly lease_until: number | null
  readonly lease_ms: number | null
  readonly beats: number | null
  readonly suspected_at: number | null
}

/** True where some worker that holds jobs, or is only registered, has no live lease: worth the write lock. */
export function anyLost(session: SqliteSession): boolean {
  const now = session.now()
  return session.all<HolderRow>('rescueWorkers').some((worker) => !alive(worker, now))
}

/**
 * Gives back the jobs of dead workers. A lease that looks expired is only noted the first time, and acted
 * upon when the worker has not been heard of by the next call: clocks jump, and then every lease looks expired.
 * The caller holds a write transaction.
 */
export function rescue(session: SqliteSession, quarantineAfter: number): RescuedJob[] {
  const now = session.now()
  const counts = new CountChanges()
  const rescued: RescuedJob[] = []
  for (const worker of session.all<HolderRow>('rescueWorkers')) {
    if (alive(worker, now)) continue
    if (worker.beats !== null && worker.suspected_at !== worker.beats) {
      session.run('workerSuspect', worker.id)
      continue
    }
    const jobs = session.all<LostJob>('rescueJobs', worker.id, RESCUE_BATCH)
    for (const job of jobs) rescued.push(rescueOne(session, job, worker.id, quarantineAfter, now, counts))
    if (jobs.length < RESCUE_BATCH) session.run('workerDelete', worker.id)
  }
  session.run('workersForget', now)
  counts.write(session)
  return rescued
}

function alive(worker: HolderRow, now: number): boolean {
  return worker.lease_until !== null && worker.lease_ms !== null && isLive(worker.lease_until, worker.lease_ms, now)
}

interface LostJob {
  readonly seq: number
  readonly id: string
  readonly task: string
  readonly queue: string
  readonly attempt: number
  readonly max_attempts: number
  readonly token: number
  readonly lost: number
}

function rescueOne(
  session: SqliteSession,
  job: LostJob,
  worker: string,
  quarantineAfter: number,
  now: number,
  counts: CountChanges,
): RescuedJob {
  const quarantined = job.lost + 1 >= quarantineAfter
  const failed = quarantined || job.attempt >= job.max_attempts
  const error = JSON.stringify(lostError(job, worker))
  session.run('attemptAdd', 'lost', now, error, job.seq, job.token)
  if (failed) session.run('rescueFail', now, quarantined ? 'quarantined' : 'exhausted', error, job.seq)
  else session.run('rescueRequeue', error, job.seq)
  counts.move(job.queue, STATE.active, failed ? STATE.failed : STATE.pending)
  return { id: job.id, task: job.task, queue: job.queue, attempt: job.attempt, worker, state: failed ? 'failed' : 'pending' }
}

function lostError(job: LostJob, worker: string): JobError {
  const message = `Worker ${worker} was not heard of any more while it ran attempt ${job.attempt}`
  return { name: 'WorkerLost', message, stack: null, code: 'worker-lost', cause: null }
}
