/**
 * Page `queues`.
 * @module
 */
import type { QueueRow, QueuesPage } from '../../protocol.ts'
import type { History } from '../sample/history.ts'
import { waitingOf } from '../sample/sample.ts'
import type { Look } from '../sample/sampler.ts'
import type { Site } from '../site.ts'

/** Reads it. */
export async function queuesPage(site: Site): Promise<QueuesPage> {
  const look = await site.sampler.look()
  const { limits } = await site.app.ready()
  return { queues: queueRows(look, site.sampler.history, site.sampler.now()), canPause: limits !== undefined }
}

/** A row for each queue, sorted by name. */
export function queueRows({ sample }: Look, history: History, now: number): QueueRow[] {
  return [...sample.queues].map(([name, queue]) => {
    const serving = sample.workers.filter((worker) => worker.queues.includes(name))
    return {
      name,
      paused: queue.paused,
      counts: queue.counts,
      waiting: waitingOf(queue.counts),
      oldestWaitMs: queue.oldestDueAt === null ? null : Math.max(0, now - queue.oldestDueAt),
      rates: history.queueRates(name),
      workers: serving.length,
      slots: serving.reduce((sum, { slots }) => sum + slots, 0),
    }
  })
}
