/**
 * Facet `metrics`: figures about queues that cost the same however many jobs there are.
 * @module
 */

/** How many jobs ever came to each end. Only grows: deleting or pruning a job takes nothing away. */
export interface FinishedTotals {
  readonly succeeded: number
  readonly failed: number
  readonly cancelled: number
}

/** One queue's figures. */
export interface QueueMetrics {
  readonly queue: string
  /** Due time of the job that has waited longest for a worker, ms since 1970; null where none is due. */
  readonly oldestDueAt: number | null
  /** Since the store was made. A job that was run again by hand comes to an end more than once. */
  readonly finished: FinishedTotals
}

/** Ability: true rates and waiting times, without looking at jobs. */
export interface MetricsFacet {
  /** Every queue that holds or held jobs, sorted by name. */
  queues(): Promise<readonly QueueMetrics[]>
}
