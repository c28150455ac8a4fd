/**
 * Facet `metrics`: totals that scripts keep as jobs come to their end, and the head of each line.
 * @module
 */
import type { MetricsFacet, QueueMetrics } from '../../contract/index.ts'
import type { RedisConnection } from './connection.ts'

/** Makes the facet. */
export function metricsFacet(connection: RedisConnection): MetricsFacet {
  return {
    async queues() {
      const reply = await connection.ask('metrics')
      const found: QueueMetrics[] = []
      while (!reply.ended) {
        const [queue, oldest] = [reply.short(), reply.u48()]
        const finished = { succeeded: reply.u48(), failed: reply.u48(), cancelled: reply.u48() }
        found.push({ queue, oldestDueAt: oldest === 0 ? null : oldest - 1, finished })
      }
      return found.sort((a, b) => (a.queue < b.queue ? -1 : 1))
    },
  }
}
