/**
 * Tells listeners of jobs that have been enqueued.
 * @module
 */
import type { EnqueueReceipt, NewJob } from '../../contract/index.ts'
import type { ClientContext } from './context.ts'

/** Emits `job:enqueued` for each job; costs nothing where nobody listens. */
export function announceEnqueued(
  context: Pick<ClientContext, 'events' | 'clock'>,
  jobs: readonly NewJob[],
  receipts: readonly EnqueueReceipt[],
): void {
  const { events, clock } = context
  if (!events.has('job:enqueued')) return
  const at = clock.now()
  for (const [index, { id, outcome }] of receipts.entries()) {
    const job = jobs[index]
    if (job !== undefined) events.emit('job:enqueued', { at, id, task: job.task, queue: job.queue, outcome })
  }
}
