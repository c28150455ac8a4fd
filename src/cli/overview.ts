/**
 * The state of a whole store in one value: what `stats`, `top`, `queues list` and `doctor` show.
 * @module
 */
import { type BackendInfo, JOB_STATES, type JobState, type WorkerRecord } from '../contract/index.ts'
import type { StoreClient } from './store-client.ts'

/** Jobs of a queue by state. */
export type StateCounts = Readonly<Record<JobState, number>>

/** One queue. */
export interface QueueRow {
  readonly queue: string
  readonly paused: boolean
  readonly counts: StateCounts
  /** Ids of live workers that serve it. */
  readonly servedBy: readonly string[]
}

/** A store at one moment. */
export interface Overview {
  readonly at: number
  readonly info: BackendInfo
  readonly queues: readonly QueueRow[]
  readonly totals: StateCounts
  readonly workers: readonly WorkerRecord[]
}

/** Reads it; queues are sorted by name. */
export async function readOverview(app: StoreClient): Promise<Overview> {
  const [counts, paused, workers] = await Promise.all([
    app.queues.counts(),
    app.queues.paused(),
    app.workers(),
  ])
  // Last, since a store brings its schema up to date with the first of the others.
  const info = await app.info()
  const rows = new Map<string, Record<JobState, number>>()
  const row = (queue: string): Record<JobState, number> => {
    const found = rows.get(queue) ?? noJobs()
    rows.set(queue, found)
    return found
  }
  for (const { queue, state, count } of counts) row(queue)[state] += count
  for (const name of paused) row(name)
  for (const worker of workers) for (const name of worker.queues) row(name)
  const totals = noJobs()
  for (const states of rows.values()) for (const state of JOB_STATES) totals[state] += states[state]
  const queues = [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([queue, states]) => ({
      queue,
      paused: paused.includes(queue),
      counts: states,
      servedBy: workers.filter((worker) => worker.queues.includes(queue)).map((worker) => worker.id),
    }))
  return { at: info.now, info, queues, totals, workers }
}

/** Jobs that wait for a worker or for their time. */
export function waitingOf(counts: StateCounts): number {
  return counts.scheduled + counts.pending + counts.retrying
}

function noJobs(): Record<JobState, number> {
  return {
    scheduled: 0,
    pending: 0,
    blocked: 0,
    active: 0,
    retrying: 0,
    succeeded: 0,
    failed: 0,
    cancelled: 0,
  }
}
