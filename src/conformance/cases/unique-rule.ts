/**
 * What the cases about uniqueness share.
 * @module
 */
import type { JobState, UniqueRule } from '../../contract/index.ts'
import type { Scene, Script } from '../scene.ts'

/** Every state that is not terminal. */
export const UNFINISHED: readonly JobState[] = ['scheduled', 'pending', 'blocked', 'active', 'retrying']

/** A rule; by default a key taken until the job is finished. */
export function unique(rest: Partial<UniqueRule> = {}): { unique: UniqueRule } {
  return { unique: { key: 'key', forMs: null, states: UNFINISHED, conflict: 'skip', ...rest } }
}

/** A script about uniqueness. */
export function about(title: string, play: (scene: Scene) => Promise<void>): Script {
  return { title, facets: ['unique'], play }
}

/** As {@link about}, with the records facet, since the case looks into the job. */
export function looking(title: string, play: (scene: Scene) => Promise<void>): Script {
  return { title, facets: ['unique', 'records'], play }
}

/** A receipt. */
export const created = (id: string) => ({ id, outcome: 'created' })
/** A receipt. */
export const deduplicated = (id: string) => ({ id, outcome: 'deduplicated' })
