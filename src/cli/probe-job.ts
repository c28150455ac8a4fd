/**
 * A job that never runs: stored to see whether and where a store keeps it, and deleted again.
 * @module
 */
import type { NewJob } from '../contract/index.ts'

/** The queue of these jobs, and of no others. */
export const PROBE_QUEUE = 'millrace-probe'

/** A job for far later in a queue nobody serves: it cannot run, even where it cannot be deleted. */
export function probeJob(id: string): NewJob {
  return {
    id,
    task: 'millrace-probe',
    queue: PROBE_QUEUE,
    priority: 0,
    payload: '',
    version: 1,
    maxAttempts: 1,
    delayMs: 365 * 86_400_000,
    dueAt: null,
    expiresInMs: null,
    expiresAt: null,
    timeoutMs: null,
    retry: null,
    tags: [],
    meta: null,
    unique: null,
  }
}
