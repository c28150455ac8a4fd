/**
 * The slots of a worker, and of each of its queues.
 * @module
 */

import type { QueuePlan } from './options.ts'

/** One queue, as the worker serves it. */
export class Lane {
  readonly name: string
  readonly weight: number
  /** Most slots its jobs may take. */
  readonly cap: number
  /** Slots its jobs take. */
  used = 0
  /** Slots that are wanted by what was claimed and not started. */
  wanted = 0
  /** Batches that wait for company. */
  gathering = 0
  /** Jobs that these batches still have room for. */
  company = 0
  /** Jobs it gave in the latest claim. */
  given = 0
  /** When this lane last started something, or began to want a slot, on the monotonic clock. */
  movedAt = 0

  constructor(plan: QueuePlan) {
    this.name = plan.name
    this.weight = plan.weight
    this.cap = plan.slots
  }

  /** How many more jobs it could start at once. Negative where some wait ahead. */
  get room(): number {
    return this.cap - this.used - this.wanted - this.gathering + this.company
  }
}

/** Counts slots. A slot is one call of a handler: a batch takes one. */
export class Slots {
  readonly total: number
  readonly lanes: readonly Lane[]
  readonly #byName: ReadonlyMap<string, Lane>
  used = 0
  #latest: Lane | undefined

  constructor(total: number, queues: readonly QueuePlan[]) {
    this.total = total
    this.lanes = queues.map((plan) => new Lane(plan))
    this.#byName = new Map(this.lanes.map((lane) => [lane.name, lane]))
  }

  get free(): number {
    return this.total - this.used
  }

  /** The lane of a queue; undefined for one that this worker does not serve. */
  lane(queue: string): Lane | undefined {
    // Jobs come in runs of the same queue.
    if (this.#latest?.name === queue) return this.#latest
    this.#latest = this.#byName.get(queue)
    return this.#latest
  }

  take(lane: Lane): void {
    this.used += 1
    lane.used += 1
  }

  release(lane: Lane): void {
    this.used -= 1
    lane.used -= 1
  }
}
