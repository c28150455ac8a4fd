/**
 * Facet `metrics`: totals kept with the counts, and the oldest wait by looking at the head of each lane.
 * @module
 */
import type { MetricsFacet } from '../../contract/index.ts'
import type { PostgresConnection } from './connection.ts'

/** The facet. */
export function metricsFacet(connection: PostgresConnection): MetricsFacet {
  return {
    queues: async () => {
      const rows = await connection.use((session) =>
        session.json<[string, number | null, number, number, number][]>('metrics'),
      )
      return rows.map(([queue, oldestDueAt, succeeded, failed, cancelled]) => ({
        queue,
        oldestDueAt,
        finished: { succeeded, failed, cancelled },
      }))
    },
  }
}
