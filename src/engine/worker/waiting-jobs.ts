/**
 * Jobs that were claimed and not started: in the order of their claim, each queue within its slots.
 * @module
 */
import type { ClaimedJob } from '../../contract/index.ts'
import { Gather, isBatch, jobsOf, type Unit } from './attempt/gather.ts'
import type { TaskPlan, TaskPlans } from './attempt/task-plan.ts'
import { Fifo } from './fifo.ts'
import type { Lane, Slots } from './slots.ts'

/** Something to start, and the lane whose slot it takes. */
export interface NextUnit {
  readonly unit: Unit
  readonly lane: Lane
}

/** A job that waits for no slot is another worker's hostage after this long, in ms. */
const HOSTAGE_MS = 300

/** Holds them. */
export class WaitingJobs {
  readonly #slots: Slots
  readonly #plans: TaskPlans
  readonly #ready = new Fifo<Unit>()
  readonly #gather: Gather
  /** What waits for a slot of its lane while the worker has free ones. */
  readonly #parked: ReadonlyMap<Lane, Fifo<Unit>>
  /** Slots wanted by what is ready. */
  #wanted = 0
  #parkedUnits = 0
  /** Jobs, in batches or not. */
  #size = 0

  /** @param onReady a batch has become ready to start. */
  constructor(slots: Slots, plans: TaskPlans, onReady: () => void) {
    this.#slots = slots
    this.#plans = plans
    this.#parked = new Map(slots.lanes.map((lane) => [lane, new Fifo<Unit>()]))
    this.#gather = new Gather((batch) => {
      this.#admit(batch, batch.lane)
      onReady()
    })
  }

  get size(): number {
    return this.#size
  }

  /** Slots wanted by what could start now. */
  get wanted(): number {
    return this.#wanted
  }

  /** How many more jobs could start at once. Negative where some wait for a slot. */
  get room(): number {
    return this.#slots.free - this.#wanted - this.#gather.count + this.#gather.company
  }

  /** Takes a claimed job in. */
  add(job: ClaimedJob, lane: Lane, now: number): void {
    this.#size += 1
    lane.given += 1
    if (lane.wanted === 0) lane.movedAt = now
    const plan = this.#plans.anyBatches ? this.#planOf(job) : null
    if (plan !== null && plan.batch !== null) this.#gather.add(plan, plan.batch, lane, job)
    else this.#admit(job, lane)
  }

  /** Takes out what is to start next; the caller gives it a free slot. Undefined where nothing may start. */
  next(now: number): NextUnit | undefined {
    if (this.#wanted === 0) return undefined
    const parked = this.#parkedUnits > 0 ? this.#unpark() : undefined
    if (parked !== undefined) return this.#leave(parked.unit, parked.lane, now)
    for (let unit = this.#ready.shift(); unit !== undefined; unit = this.#ready.shift()) {
      const lane = this.#laneOf(unit)
      if (lane.used < lane.cap) return this.#leave(unit, lane, now)
      this.#parked.get(lane)?.push(unit)
      this.#parkedUnits += 1
    }
    return undefined
  }

  /** All jobs, in no order. */
  jobs(): readonly ClaimedJob[] {
    const units = [this.#ready, ...this.#parked.values()].flatMap((fifo) => fifo.items)
    return [...units.flatMap(jobsOf), ...this.#gather.jobs()]
  }

  /** Takes out the jobs that the test picks, wherever they wait. */
  remove(picks: (job: ClaimedJob) => boolean): ClaimedJob[] {
    const removed: ClaimedJob[] = this.#gather.remove(picks)
    const fifos = [this.#ready, ...this.#parked.values()]
    for (const fifo of fifos) {
      const kept: Unit[] = []
      const parked = fifo !== this.#ready
      for (const unit of fifo.remove((one) => jobsOf(one).some(picks))) {
        const lane = this.#laneOf(unit)
        removed.push(...jobsOf(unit).filter(picks))
        const rest = jobsOf(unit).filter((job) => !picks(job))
        if (isBatch(unit) && rest.length > 0) kept.push({ ...unit, jobs: rest })
        else {
          this.#wanted -= 1
          lane.wanted -= 1
          if (parked) this.#parkedUnits -= 1
        }
      }
      for (const unit of kept) fifo.push(unit)
    }
    this.#size -= removed.length
    return removed
  }

  /** Queues whose waiting jobs wait for so long that another worker should have them. */
  hostages(now: number): readonly Lane[] {
    return this.#slots.lanes.filter((lane) => lane.wanted > 0 && now - lane.movedAt >= HOSTAGE_MS)
  }

  /** Ms until {@link hostages} may answer some; infinite where nothing waits. */
  hostageIn(now: number): number {
    let nearest = Number.POSITIVE_INFINITY
    if (this.#wanted === 0) return nearest
    for (const lane of this.#slots.lanes) {
      if (lane.wanted > 0) nearest = Math.min(nearest, Math.max(0, lane.movedAt + HOSTAGE_MS - now))
    }
    return nearest
  }

  /** Why there is none is found, and told, when the job is to start. */
  #planOf(job: ClaimedJob): TaskPlan | null {
    try {
      return this.#plans.find(job.task)
    } catch {
      return null
    }
  }

  #admit(unit: Unit, lane: Lane): void {
    this.#wanted += 1
    lane.wanted += 1
    this.#ready.push(unit)
  }

  #leave(unit: Unit, lane: Lane, now: number): NextUnit {
    this.#wanted -= 1
    lane.wanted -= 1
    lane.movedAt = now
    this.#size -= isBatch(unit) ? unit.jobs.length : 1
    return { unit, lane }
  }

  #unpark(): NextUnit | undefined {
    for (const [lane, parked] of this.#parked) {
      if (parked.size === 0 || lane.used >= lane.cap) continue
      const unit = parked.shift()
      if (unit === undefined) continue
      this.#parkedUnits -= 1
      return { unit, lane }
    }
    return undefined
  }

  #laneOf(unit: Unit): Lane {
    if (isBatch(unit)) return unit.lane
    const lane = this.#slots.lane(unit.queue)
    if (lane === undefined)
      throw new Error(`A job of queue '${unit.queue}' waits, which this worker does not serve.`)
    return lane
  }
}
