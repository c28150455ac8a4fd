/**
 * Facet `unique`: keys are looked up and taken in the enqueue's own transaction.
 * @module
 */
import type { JobState, UniqueFacet } from '../../contract/index.ts'
import { STATE } from '../_sql/rows.ts'
import { texts } from './array.ts'
import type { PostgresConnection } from './connection.ts'

/** States as the bits of one number. */
export function stateBits(states: readonly JobState[]): number {
  return states.reduce((bits, state) => bits | (1 << STATE[state]), 0)
}

/** The facet. */
export function uniqueFacet(connection: PostgresConnection): UniqueFacet {
  return {
    holders: (keys) => connection.use((session) => session.json<(string | null)[]>('holders', texts(keys))),
    release: async (keys) => {
      await connection.use((session) => session.all('keysRelease', texts(keys)))
    },
  }
}
