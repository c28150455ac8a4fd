/**
 * Facet `checkpoints`: what a handler has already done.
 * @module
 */
import type { CheckpointsFacet, ClaimRef } from '../../contract/index.ts'
import { LeaseLostError } from '../../contract/index.ts'
import type { Row } from './row.ts'
import type { Store } from './store.ts'

/** Makes the facet. */
export function checkpointsFacet(store: Store): CheckpointsFacet {
  return {
    async begin(job, key) {
      const row = current(store, job)
      const known = row.checkpoints?.get(key)
      if (known !== undefined) return known
      row.checkpoints ??= new Map()
      row.checkpoints.set(key, { key, status: 'started', value: null })
      return null
    },

    async complete(job, key, value) {
      const row = current(store, job)
      row.checkpoints ??= new Map()
      row.checkpoints.set(key, { key, status: 'done', value })
    },

    async forget(job, key) {
      const row = current(store, job)
      if (row.checkpoints?.get(key)?.status === 'started') row.checkpoints.delete(key)
    },
  }
}

function current(store: Store, job: ClaimRef): Row {
  store.assertOpen()
  const row = store.running(job)
  if (row !== undefined) return row
  const message = `Job ${job.id} is no longer run by this attempt, so its checkpoint was not stored. Stop the handler.`
  throw new LeaseLostError(message, { jobId: job.id })
}
