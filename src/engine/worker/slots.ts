/**
 * The slots of a worker, and of each of its queues.
 * @module
 */
import type { ClaimedJob } from '../../contract/index.ts'
import { Fifo } from './fifo.ts'
import type { QueuePlan } from './options.ts'

/** One queue, as the worker serves it. */
export class Lane {
  readonly name: string
  readonly weight: number
  /** Most slots its jobs may take. */
  readonly cap: number
  /** Slots its jobs take. */
  used = 0
  /** Jobs claimed and not started, wherever they wait. */
  waiting = 0
  /** Jobs it gave in the latest claim. */
  given = 0
  /** Those of the waiting ones that wait for a slot of this lane while the worker has free ones. */
  readonly parked = new Fifo<ClaimedJob>()
  /** When this lane last started a job, or began to hold one, on the monotonic clock. */
  movedAt = 0

  constructor(plan: QueuePlan) {
    this.name = plan.name
    this.weight = plan.weight
    this.cap = plan.slots
  }

  /** Slots of its own that are free, less what already waits for them. Negative where jobs wait ahead. */
  get room(): number {
    return this.cap - this.used - this.waiting
  }
}

/** Counts slots. A slot is one call of a handler: a batch takes one. */
export class Slots {
  readonly total: number
  readonly lanes: readonly Lane[]
  readonly #byName: ReadonlyMap<string, Lane>
  used = 0

  constructor(total: number, queues: readonly QueuePlan[]) {
    this.total = total
    this.lanes = queues.map((plan) => new Lane(plan))
    this.#byName = new Map(this.lanes.map((lane) => [lane.name, lane]))
  }

  get free(): number {
    return this.total - this.used
  }

  /** The lane of a queue. @throws Error for a queue that was never asked for, which a backend does not answer. */
  lane(queue: string): Lane {
    const lane = this.#byName.get(queue)
    if (lane === undefined) throw new Error(`A job of queue '${queue}' was claimed, which was not asked for.`)
    return lane
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
