/**
 * When a new job is due and until when it may start, on the store's clock.
 * @module
 */
import type { NewJob } from '../../contract/index.ts'
import { STATE } from '../_sql/rows.ts'

/** When a job is due. */
export function dueOf(job: NewJob, now: number): number {
  return job.dueAt ?? now + job.delayMs
}

/** The state in which a job with this due time waits. */
export function waitingState(dueAt: number, now: number): number {
  return dueAt > now ? STATE.scheduled : STATE.pending
}

/** The time after which a job is never started. */
export function expiryOf(job: NewJob, now: number): number | null {
  return job.expiresAt ?? (job.expiresInMs === null ? null : now + job.expiresInMs)
}
