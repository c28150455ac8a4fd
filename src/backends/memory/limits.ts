/**
 * Facet `limits`: paused queues.
 * @module
 */
import type { LimitsFacet } from '../../contract/index.ts'
import type { Store } from './store.ts'

/** Makes the facet. */
export function limitsFacet(store: Store): LimitsFacet {
  return {
    async pause(queues) {
      store.assertOpen()
      for (const queue of queues) store.paused.add(queue)
    },

    async resume(queues) {
      store.assertOpen()
      for (const queue of queues) if (store.paused.delete(queue)) store.wakes.jobs(queue)
    },

    async paused() {
      store.assertOpen()
      return [...store.paused].sort()
    },
  }
}
