/**
 * When a new job is due and until when it may start, on the store's clock.
 * @module
 */
import type { NewJob } from '../../contract/index.ts'
import { STATE } from './rows.ts'

/** When a job is due, and in which state it therefore starts. */
export function startOf(job: NewJob, now: number): { readonly state: number; readonly dueAt: number } {
  const dueAt = job.dueAt ?? now + job.delayMs
  return { state: dueAt > now ? STATE.scheduled : STATE.pending, dueAt }
}

/** The time after which a job is never started. */
export function expiryOf(job: NewJob, now: number): number | null {
  return job.expiresAt ?? (job.expiresInMs === null ? null : now + job.expiresInMs)
}
