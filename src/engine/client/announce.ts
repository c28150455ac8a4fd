/**
 * Tells listeners of jobs that have been enqueued.
 * @module
 */
import type { EnqueueReceipt, EventBus, NewJob } from '../../contract/index.ts'

/** Emits `job:enqueued` for each job; costs nothing where nobody listens. */
export function announceEnqueued(events: EventBus, jobs: readonly NewJob[], receipts: readonly EnqueueReceipt[]): void {
  if (!events.has('job:enqueued')) return
  const at = Date.now()
  for (const [index, { id, outcome }] of receipts.entries()) {
    const job = jobs[index]
    if (job !== undefined) events.emit('job:enqueued', { at, id, task: job.task, queue: job.queue, outcome })
  }
}
