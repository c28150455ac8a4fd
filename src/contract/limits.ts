/**
 * Facet `limits`: what may run now.
 * @module
 */

/** Ability: queues can be paused for all workers at once. */
export interface LimitsFacet {
  /** Nothing is claimed from these queues until they are resumed. Jobs can still be enqueued. */
  pause(queues: readonly string[]): Promise<void>
  resume(queues: readonly string[]): Promise<void>
  /** Names of the paused queues, sorted. */
  paused(): Promise<readonly string[]>
}
