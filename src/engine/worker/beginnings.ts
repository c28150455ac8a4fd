/**
 * Units that have a slot and may not start yet: the store has to note first that their careful jobs begin.
 *
 * A careful job (`ClaimedJob.begun` is false) is one whose loss could end it. Should this worker die, it must count
 * as lost only if it was really started, so nothing of it is run before an exchange has begun it.
 * @module
 */
import type { ClaimedJob, ClaimRef } from '../../contract/index.ts'
import { isBatch, jobsOf, type Unit } from './attempt/gather.ts'
import type { TaskPlan } from './attempt/task-plan.ts'
import { Fifo } from './fifo.ts'
import type { Lane, Slots } from './slots.ts'

/** A unit with its slot. */
export interface Beginning {
  readonly plan: TaskPlan
  readonly lane: Lane
  readonly inBatch: boolean
  jobs: readonly ClaimedJob[]
}

/** True where the store has to be told before the unit may start. */
export function isCareful(unit: Unit): boolean {
  return isBatch(unit) ? unit.jobs.some((job) => !job.begun) : !unit.begun
}

const NONE: readonly ClaimedJob[] = []

/** Holds them, with their slots. */
export class Beginnings {
  readonly #slots: Slots
  /** Those that wait for the store's word. */
  #asking = new Set<Beginning>()
  /** Those of them that the exchange under way asks for. */
  #asked: readonly Beginning[] = []
  /** Those that may start. */
  readonly #granted = new Fifo<Beginning>()

  constructor(slots: Slots) {
    this.#slots = slots
  }

  /** True where the store has to be asked. */
  get asks(): boolean {
    return this.#asking.size > 0
  }

  /** True where some may start. */
  get ready(): boolean {
    return this.#granted.size > 0
  }

  /** Takes a unit in, which has its slot. */
  add(plan: TaskPlan, lane: Lane, unit: Unit): void {
    this.#asking.add({ plan, lane, inBatch: isBatch(unit), jobs: jobsOf(unit) })
  }

  /** The careful jobs of all units that wait for the store's word. Those asked for before are asked for again. */
  ask(): readonly ClaimedJob[] {
    if (this.#asking.size === 0) return NONE
    this.#asked = [...this.#asking]
    return this.#asked.flatMap(({ jobs }) => jobs.filter((job) => !job.begun))
  }

  /**
   * The store has answered what {@link ask} asked: units may start, without the jobs that belong to another attempt.
   * @param settled in the same exchange. An older attempt of a job may be among them, and be the one that an id in
   * `leaseLost` means: then the store is asked again.
   */
  answered(leaseLost: readonly string[], settled: readonly { readonly job: ClaimRef }[]): void {
    const lost = new Set(leaseLost)
    const isLost = (job: ClaimedJob) => !job.begun && lost.has(job.id)
    const isUnclear = (job: ClaimedJob) => isLost(job) && settled.some(({ job: { id } }) => id === job.id)
    const asked = this.#asked
    this.#asked = []
    for (const unit of asked) {
      // Where it is not there any more, it was given back meanwhile.
      if (!this.#asking.has(unit) || unit.jobs.some(isUnclear)) continue
      this.#asking.delete(unit)
      unit.jobs = unit.jobs.filter((job) => !isLost(job))
      this.#grant(unit)
    }
  }

  /** Takes out a unit that may start, with its slot. */
  next(): Beginning | undefined {
    return this.#granted.shift()
  }

  /** What was granted may have passed on to another worker meanwhile: all is asked for again. */
  askAgain(): void {
    for (let unit = this.next(); unit !== undefined; unit = this.next()) this.#asking.add(unit)
  }

  /** All jobs, in no order. */
  jobs(): readonly ClaimedJob[] {
    return [...this.#asking, ...this.#granted.items].flatMap(({ jobs }) => jobs)
  }

  /** Takes out the jobs that the test picks, and frees the slots of units that have none left. */
  remove(picks: (job: ClaimedJob) => boolean): ClaimedJob[] {
    this.askAgain()
    const removed: ClaimedJob[] = []
    for (const unit of [...this.#asking]) {
      removed.push(...unit.jobs.filter(picks))
      unit.jobs = unit.jobs.filter((job) => !picks(job))
      if (unit.jobs.some((job) => !job.begun)) continue
      // Nothing is left to ask for.
      this.#asking.delete(unit)
      this.#grant(unit)
    }
    return removed
  }

  #grant(unit: Beginning): void {
    if (unit.jobs.length > 0) this.#granted.push(unit)
    else this.#slots.release(unit.lane)
  }
}
