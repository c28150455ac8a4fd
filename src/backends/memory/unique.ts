/**
 * Facet `unique`: who holds a key.
 * @module
 */
import type { HeldKey, UniqueFacet } from '../../contract/index.ts'
import { copyKey, isExpired, type Row } from './row.ts'
import type { Store } from './store.ts'

/** The job that holds the key at this moment, or null. */
export function holder(store: Store, key: string, now: number): Row | null {
  const row = store.keys.get(key)
  if (row === undefined || row.unique === null) return null
  const { until, states } = row.unique
  if (until !== null && now < until) return row
  // A job that expired without anybody noticing will never run, so it must not stand for one that would.
  return states.includes(isExpired(row, now) ? 'cancelled' : row.state) ? row : null
}

/** A key has one job: whoever had it before has no claim to it any more, not even when it is run again. */
export function takeKey(store: Store, row: Row, key: HeldKey): void {
  const before = store.keys.get(key.key)
  if (before !== undefined) before.unique = null
  row.unique = copyKey(key)
  store.keys.set(key.key, row)
}

/** Makes the facet. */
export function uniqueFacet(store: Store): UniqueFacet {
  return {
    async holders(keys) {
      store.assertOpen()
      const now = store.now()
      return keys.map((key) => holder(store, key, now)?.id ?? null)
    },

    async release(keys) {
      store.assertOpen()
      for (const key of keys) {
        const row = store.keys.get(key)
        if (row !== undefined) row.unique = null
        store.keys.delete(key)
      }
    },
  }
}
