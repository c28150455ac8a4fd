/**
 * Gathers jobs of tasks with `runMany`, until a batch is full or has waited long enough for company.
 * @module
 */
import type { ClaimedJob } from '../../../contract/index.ts'
import type { Lane } from '../slots.ts'
import type { BatchPlan, TaskPlan } from './task-plan.ts'

/** Jobs of one task and one queue that run in one call. */
export interface JobBatch {
  readonly plan: TaskPlan
  readonly lane: Lane
  readonly jobs: readonly ClaimedJob[]
}

/** What takes one slot: a job, or a batch of them. */
export type Unit = ClaimedJob | JobBatch

/** True for a batch. */
export function isBatch(unit: Unit): unit is JobBatch {
  return 'jobs' in unit
}

/** The jobs of a unit. */
export function jobsOf(unit: Unit): readonly ClaimedJob[] {
  return isBatch(unit) ? unit.jobs : [unit]
}

interface OpenBatch extends JobBatch {
  readonly jobs: ClaimedJob[]
  readonly batch: BatchPlan
  timer: NodeJS.Timeout | undefined
}

/** Batches that wait for company. */
export class Gather {
  readonly #open = new Map<TaskPlan, Map<Lane, OpenBatch>>()
  readonly #onReady: (batch: JobBatch) => void
  /** Batches that wait. */
  count = 0
  /** Jobs they still have room for. */
  company = 0

  constructor(onReady: (batch: JobBatch) => void) {
    this.#onReady = onReady
  }

  /** Adds a job to its batch. */
  add(plan: TaskPlan, batch: BatchPlan, lane: Lane, job: ClaimedJob): void {
    const open = this.#open.get(plan)?.get(lane) ?? this.#begin(plan, batch, lane)
    open.jobs.push(job)
    lane.company -= 1
    this.company -= 1
    if (open.jobs.length >= batch.size) this.#ready(open)
  }

  /** All jobs that wait. */
  jobs(): readonly ClaimedJob[] {
    return [...this.#all()].flatMap((open) => open.jobs)
  }

  /** Takes out the jobs that the test picks. */
  remove(picks: (job: ClaimedJob) => boolean): ClaimedJob[] {
    const removed: ClaimedJob[] = []
    for (const open of this.#all()) {
      const gone = open.jobs.filter(picks)
      if (gone.length === 0) continue
      removed.push(...gone)
      const kept = open.jobs.filter((job) => !gone.includes(job))
      open.lane.company += gone.length
      this.company += gone.length
      open.jobs.splice(0, open.jobs.length, ...kept)
      if (kept.length === 0) this.#close(open)
    }
    return removed
  }

  *#all(): Generator<OpenBatch> {
    for (const lanes of [...this.#open.values()]) yield* [...lanes.values()]
  }

  #begin(plan: TaskPlan, batch: BatchPlan, lane: Lane): OpenBatch {
    const open: OpenBatch = { plan, batch, lane, jobs: [], timer: undefined }
    const lanes = this.#open.get(plan)
    if (lanes === undefined) this.#open.set(plan, new Map([[lane, open]]))
    else lanes.set(lane, open)
    open.timer = setTimeout(() => this.#ready(open), batch.waitMs)
    this.count += 1
    lane.gathering += 1
    lane.company += batch.size
    this.company += batch.size
    return open
  }

  #ready(open: OpenBatch): void {
    this.#close(open)
    this.#onReady(open)
  }

  #close(open: OpenBatch): void {
    clearTimeout(open.timer)
    this.#open.get(open.plan)?.delete(open.lane)
    const left = open.batch.size - open.jobs.length
    this.count -= 1
    open.lane.gathering -= 1
    open.lane.company -= left
    this.company -= left
  }
}
