/**
 * Workers and their leases: heartbeat, retirement, and the rescue of what dead ones held.
 * @module
 */
import type { JobError, RescuedJob, WorkerInfo } from '../../contract/index.ts'
import { STATE } from '../_sql/rows.ts'
import { CountChanges } from './counts.ts'
import { finish, leave, type Place, release, wait } from './places.ts'
import type { SqliteSession } from './session.ts'

/** Most jobs rescued in one transaction. */
export const RESCUE_BATCH = 1000

/** Registers the worker and extends its lease; false where it had run out. The caller holds a write transaction. */
export function heartbeat(session: SqliteSession, worker: WorkerInfo, leaseMs: number): boolean {
  const now = session.now()
  const lease = session.get<{ lease_until: number; seen_at: number }>('workerLease', worker.id)
  session.run('workerBeat', worker.id, now + leaseMs, leaseMs, now, JSON.stringify(worker))
  if (lease !== undefined) session.wasAt(lease.seen_at)
  return lease === undefined || lease.lease_until > now
}

interface HolderRow {
  readonly id: string
  readonly lease_until: number | null
  readonly lease_ms: number | null
  readonly beats: number | null
  readonly suspected_at: number | null
}

/** True where some worker that holds jobs has no live lease: worth the write lock. */
export function anyLost(session: SqliteSession): boolean {
  const now = session.now()
  return session.all<HolderRow>('rescueWorkers').some((worker) => !alive(worker, now) || isAhead(worker, now))
}

/** Takes a worker off the register, and what was still to be told to it. The caller holds a write transaction. */
export function retire(session: SqliteSession, workerId: string): void {
  session.run('workerDelete', workerId)
  session.run('workersForget', session.now())
  session.run('commandsDelete', workerId, Number.MAX_SAFE_INTEGER)
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
  // A lease that ends later than its own length from now was written before the clock was set back.
  session.run('leasesShorten', now, now)
  for (const worker of session.all<HolderRow>('rescueWorkers')) {
    if (alive(worker, now)) continue
    if (worker.beats !== null && worker.suspected_at !== worker.beats) {
      session.run('workerSuspect', worker.id)
      continue
    }
    const jobs = session.all<LostJob>('rescueJobs', worker.id, RESCUE_BATCH - rescued.length)
    for (const job of jobs) rescued.push(rescueOne(session, job, worker.id, quarantineAfter, now, counts))
  }
  session.run('workersForget', now)
  // Not before: a worker that was only taken for dead is still to be told.
  session.run('commandsForget')
  counts.write(session)
  return rescued
}

function alive(worker: HolderRow, now: number): boolean {
  return worker.lease_until !== null && worker.lease_until > now
}

function isAhead(worker: HolderRow, now: number): boolean {
  return worker.lease_until !== null && worker.lease_ms !== null && worker.lease_until > now + worker.lease_ms
}

interface LostJob extends Place {
  readonly id: string
  readonly task: string
  readonly max_attempts: number
  readonly begun: number
}

function rescueOne(
  session: SqliteSession,
  job: LostJob,
  worker: string,
  quarantineAfter: number,
  now: number,
  counts: CountChanges,
): RescuedJob {
  const { id, task, queue, attempt } = job
  const begun = job.begun !== 0
  if (!begun) {
    counts.move(queue, STATE.active, release(session, job))
    return { id, task, queue, attempt, worker, begun, state: 'pending' }
  }
  const quarantined = job.lost + 1 >= quarantineAfter
  const failed = quarantined || job.attempt >= job.max_attempts
  const error = JSON.stringify(lostError(job, worker))
  const place = failed
    ? { ...job, state: STATE.failed, lost: job.lost + 1, error }
    : { ...job, state: STATE.pending, lost: job.lost + 1 }
  session.run('attemptAdd', job.seq, job.token, attempt, 'lost', worker, job.started_at, now, error)
  leave(session, job)
  if (failed) finish(session, place, { now, result: null, reason: quarantined ? 'quarantined' : 'exhausted' })
  else wait(session, place)
  counts.move(queue, STATE.active, place.state)
  return { id, task, queue, attempt, worker, begun, state: failed ? 'failed' : 'pending' }
}

function lostError(job: LostJob, worker: string): JobError {
  const message = `Worker ${worker} was not heard of any more while it ran attempt ${job.attempt}`
  return { name: 'WorkerLost', message, stack: null, code: 'worker-lost', cause: null }
}
