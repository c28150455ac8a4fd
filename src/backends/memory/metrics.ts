/**
 * Facet `metrics`: totals that are kept as jobs change state, and the head of each line.
 * @module
 */
import type { MetricsFacet } from '../../contract/index.ts'
import type { Store } from './store.ts'

/** Makes the facet. */
export function metricsFacet(store: Store): MetricsFacet {
  return {
    async queues() {
      store.assertOpen()
      const now = store.now()
      return [...store.queues]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([queue, lines]) => ({
          queue,
          oldestDueAt: lines.oldestDueAt(now),
          finished: {
            succeeded: lines.entered.get('succeeded') ?? 0,
            failed: lines.entered.get('failed') ?? 0,
            cancelled: lines.entered.get('cancelled') ?? 0,
          },
        }))
    },
  }
}
