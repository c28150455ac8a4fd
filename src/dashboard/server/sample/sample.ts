/**
 * One look at the store: everything that all pages share.
 * @module
 */
import type { JobState, QueueMetrics, WorkerRecord } from '../../../contract/index.ts'
import { STATES, type StateCounts } from '../../protocol.ts'
import type { DashboardApp } from '../options.ts'

/** One queue at one moment. */
interface QueueSample {
  readonly counts: StateCounts
  readonly paused: boolean
  /** When the oldest due job became due; null where none waits, or the store does not tell. */
  readonly oldestDueAt: number | null
  /** How many ever succeeded and failed here; where the store does not tell, how many are still kept. */
  readonly finished: { readonly succeeded: number; readonly failed: number }
}

/** The store at one moment. */
export interface Sample {
  readonly at: number
  readonly queues: ReadonlyMap<string, QueueSample>
  readonly totals: StateCounts
  readonly finished: { readonly succeeded: number; readonly failed: number }
  readonly oldestDueAt: number | null
  readonly workers: readonly WorkerRecord[]
  /** False where totals are guessed from the jobs that are kept, so that deleting jobs hides throughput. */
  readonly exact: boolean
}

/** Jobs that wait for a worker or for their time. */
export function waitingOf(counts: StateCounts): number {
  return counts.pending + counts.scheduled + counts.retrying
}

/** Looks once: at most four calls, whose cost does not grow with the number of jobs. */
export async function takeSample(app: DashboardApp, now: () => number): Promise<Sample> {
  const backend = await app.ready()
  const [counted, paused, workers, metrics] = await Promise.all([
    backend.records?.counts() ?? [],
    backend.limits?.paused() ?? [],
    backend.control?.workers() ?? [],
    backend.metrics?.queues(),
  ])
  const names = new Set([
    ...counted.map(({ queue }) => queue),
    ...paused,
    ...workers.flatMap(({ queues }) => queues),
  ])
  const byQueue = new Map<string, Record<JobState, number>>([...names].sort().map((name) => [name, noJobs()]))
  for (const { queue, state, count } of counted) {
    const counts = byQueue.get(queue)
    if (counts !== undefined) counts[state] += count
  }
  const figures = new Map((metrics ?? []).map((one) => [one.queue, one]))
  const pausedNow = new Set(paused)
  const queues = new Map<string, QueueSample>()
  for (const [name, counts] of byQueue) {
    queues.set(name, { counts, paused: pausedNow.has(name), ...figuresOf(counts, figures.get(name)) })
  }
  const all = [...queues.values()]
  // Queues that are empty by now have totals too.
  const ends = metrics?.map(({ finished }) => finished) ?? all.map(({ finished }) => finished)
  return {
    at: now(),
    queues,
    totals: addUp(all.map(({ counts }) => counts)),
    finished: {
      succeeded: sum(ends.map(({ succeeded }) => succeeded)),
      failed: sum(ends.map(({ failed }) => failed)),
    },
    oldestDueAt: earliest(all.filter(({ paused: stands }) => !stands).map(({ oldestDueAt }) => oldestDueAt)),
    workers,
    exact: metrics !== undefined,
  }
}

function figuresOf(
  counts: StateCounts,
  metrics: QueueMetrics | undefined,
): Pick<QueueSample, 'oldestDueAt' | 'finished'> {
  if (metrics === undefined) return { oldestDueAt: null, finished: counts }
  return { oldestDueAt: metrics.oldestDueAt, finished: metrics.finished }
}

function earliest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null)
  return known.length === 0 ? null : Math.min(...known)
}

function addUp(all: readonly StateCounts[]): StateCounts {
  const totals = noJobs()
  for (const counts of all) for (const state of STATES) totals[state] += counts[state]
  return totals
}

/** Zero jobs in every state. */
export function noJobs(): Record<JobState, number> {
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

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
