/**
 * House-keeping that any worker does for all: rescue, pruning, and jobs parked as unknown.
 * @module
 */
import type { Backend, Clock, EventBus, RetentionRule } from '../contract/index.ts'
import { Duty } from './worker/duty.ts'

/** What it goes by. */
export interface MaintenanceOptions {
  readonly backend: Backend
  readonly events: EventBus
  readonly clock: Clock
  /** Rescue this often, in ms. */
  readonly rescueEveryMs: number
  readonly quarantineAfter: number
  readonly retention: readonly RetentionRule[]
  /** Names of the tasks this worker can run. */
  readonly taskNames: () => readonly string[]
  /** Renews the worker's own lease. */
  readonly renewLease: () => Promise<void>
}

const PRUNE_EVERY_MS = 60_000
const PRUNE_AT_ONCE = 2_000
/** A pause between two prunings, so that a long backlog of them leaves room for others. */
const PRUNE_PAUSE_MS = 20

const UNPARK_EVERY_MS = 5 * 60_000
/** Small, so that hardly any time passes between looking and requeueing. */
const UNPARK_PAGE = 100

/** The duties of house-keeping. */
export class Maintenance {
  readonly #options: MaintenanceOptions
  readonly #rescue: Duty
  readonly #prune: Duty
  readonly #unpark: Duty
  /** When the next rescue is planned, on the monotonic clock. */
  #rescueAt = 0

  constructor(options: MaintenanceOptions) {
    this.#options = options
    const { events, clock } = options
    this.#rescue = new Duty({ name: 'rescue', events, clock, work: () => this.#doRescue() })
    this.#prune = new Duty({ name: 'prune', events, clock, work: () => this.#doPrune() })
    this.#unpark = new Duty({
      name: 'requeue of parked jobs',
      events,
      clock,
      work: (duty) => this.#doUnpark(duty),
    })
  }

  /** Begins. Workers that start together do not all prune together. */
  start(): void {
    this.#planRescue()
    this.#rescue.start(this.#options.rescueEveryMs)
    this.#prune.start(jittered(PRUNE_EVERY_MS))
    this.#unpark.now()
  }

  async stop(): Promise<void> {
    await Promise.all([this.#rescue.stop(), this.#prune.stop(), this.#unpark.stop()])
  }

  #planRescue(): void {
    this.#rescueAt = this.#options.clock.monotonic() + this.#options.rescueEveryMs
  }

  async #doRescue(): Promise<number> {
    const { backend, clock, events, rescueEveryMs, quarantineAfter, renewLease } = this.#options
    // This thread was blocked for so long that its own lease may have run out, where the lease is kept by a
    // timer of this thread. It must not rescue its own jobs.
    if (clock.monotonic() - this.#rescueAt > rescueEveryMs) await renewLease()
    const rescued = await backend.rescue({ quarantineAfter })
    if (events.has('job:rescued')) {
      const at = clock.now()
      for (const { worker, ...job } of rescued) {
        events.emit('job:rescued', { at, ...job, workerId: worker })
      }
    }
    this.#planRescue()
    return rescueEveryMs
  }

  async #doPrune(): Promise<number> {
    const { backend, clock, retention } = this.#options
    const rules = retention.filter((rule) => rule.maxAgeMs !== null || rule.maxCount !== null)
    if (backend.records === undefined || rules.length === 0) return jittered(PRUNE_EVERY_MS)
    const begun = clock.monotonic()
    const pruned = await backend.records.prune(rules, PRUNE_AT_ONCE)
    if (pruned < PRUNE_AT_ONCE) return jittered(PRUNE_EVERY_MS)
    return Math.max(PRUNE_PAUSE_MS, clock.monotonic() - begun)
  }

  /** Jobs that no worker knew are run again where this one knows them. */
  async #doUnpark(duty: { readonly stopping: boolean }): Promise<number> {
    const { backend, taskNames } = this.#options
    const { records } = backend
    const tasks = taskNames()
    if (records === undefined || tasks.length === 0) return UNPARK_EVERY_MS
    let after: string | null = null
    do {
      const filter = { states: ['failed'], reasons: ['unknown-task'], tasks } as const
      const page = await records.list(filter, { limit: UNPARK_PAGE, after, order: 'oldest' })
      if (page.jobs.length > 0) await records.requeue(page.jobs.map((job) => job.id))
      after = page.next
    } while (after !== null && !duty.stopping)
    return jittered(UNPARK_EVERY_MS)
  }
}

/** From half of it to one and a half. */
function jittered(ms: number): number {
  return ms * (0.5 + Math.random())
}
