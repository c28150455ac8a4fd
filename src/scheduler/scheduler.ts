/**
 * The scheduler: sleeps until the next firing is due, and fires it.
 * @module
 */
import type { Backend, DueSchedules, ScheduleChange, ScheduleRecord, Unsubscribe } from '../contract/index.ts'
import { Life } from '../kit/life.ts'
import { Outage } from '../kit/outage.ts'
import { sleep } from '../kit/sleep.ts'
import { cancelJobs, findOpenJobs } from './open-jobs.ts'
import { planFirings } from './plan.ts'
import type { SchedulerContext } from './ports.ts'
import { reconcile } from './reconcile.ts'
import { schedulesOf, writeSchedules } from './write.ts'

/** Schedules fired in one step. */
const AT_ONCE = 100
/** After a wake-up that may have come for nothing, the next one is heeded so many ms later. */
const CALM_MS = 200

/** Options of a scheduler. */
export interface SchedulerOptions {
  /** Longest wait between looks at the store where no wake-up comes, in ms. */
  readonly pollMs: number
}

/** Fires the schedules of a store. Any number of them may run: each firing happens once. */
export class Scheduler {
  readonly #context: SchedulerContext
  readonly #pollMs: number
  readonly #life = new Life('The scheduler')
  readonly #outage: Outage
  /** Jobs that were asked to end for a firing that waits for them. */
  #cancelled = new Set<string>()
  /** Told about once, until they can be read again. */
  #broken = new Set<string>()
  #reconciled = false
  /** Ends the wait for the next look. */
  #rest = new AbortController()
  /** Ends any wait. */
  readonly #ended = new AbortController()
  #woken = false
  #lookedAt = 0
  #subscription: Unsubscribe | null = null
  /** For as long as a firing waits for a job to finish. */
  #settledSubscription: Unsubscribe | null = null
  #loop: Promise<void> = Promise.resolve()

  constructor(context: SchedulerContext, { pollMs }: SchedulerOptions) {
    this.#context = context
    this.#pollMs = pollMs
    this.#outage = new Outage(context.events, context.clock, 'schedules')
  }

  /**
   * Resolves once what is declared is in the store and it runs; where the store cannot be reached, it runs and goes on
   * trying.
   * @throws InvalidPayloadError where a declared schedule's input does not fit its task.
   */
  start(): Promise<void> {
    return this.#life.start(async () => {
      await Promise.all(this.#context.declared?.definitions ?? [])
      const waitMs = await this.#attempt()
      this.#loop = this.#run(waitMs)
    })
  }

  /** Resolves once a firing that is under way has been stored. */
  stop(): Promise<void> {
    return this.#life.stop(async () => {
      this.#rest.abort()
      this.#ended.abort()
      await this.#loop
      await Promise.allSettled([this.#subscription?.(), this.#settledSubscription?.()])
    })
  }

  async #run(firstWaitMs: number): Promise<void> {
    for (let waitMs = firstWaitMs; ; waitMs = await this.#attempt()) {
      await this.#wait(waitMs)
      if (this.#stopping) return
    }
  }

  /** One look; a failure of the store is told, and answers a pause. */
  async #attempt(): Promise<number> {
    this.#woken = false
    try {
      const waitMs = await this.#look()
      this.#outage.succeeded()
      return waitMs
    } catch (error) {
      return this.#outage.failed(error)
    }
  }

  get #stopping(): boolean {
    return this.#life.state === 'stopping' || this.#life.state === 'stopped'
  }

  /** Fires what is due; answers the ms until the next look. */
  async #look(): Promise<number> {
    const backend = await this.#context.open()
    const facet = schedulesOf(backend, 'The scheduler')
    this.#subscription ??= await backend.subscribe({ schedules: true }, () => this.#wake())
    if (!this.#reconciled) await this.#reconcile(backend)
    this.#lookedAt = performance.now()
    const found = await facet.due(AT_ONCE)
    const fired = await this.#fire(backend, found)
    await this.#watchSettled(backend, found.held.length > 0)
    if (fired) return 0
    return Math.min(this.#pollMs, Math.max(1, found.nextInMs ?? this.#pollMs))
  }

  async #reconcile(backend: Backend): Promise<void> {
    const { declared, events, clock } = this.#context
    if (declared !== null) {
      const definitions = await Promise.all(declared.definitions)
      const done = await reconcile(schedulesOf(backend, 'The scheduler'), declared.group, definitions)
      events.emit('schedule:reconciled', { at: clock.now(), ...done })
    }
    this.#reconciled = true
  }

  /** True where there may be more to do at once. */
  async #fire(backend: Backend, { now, due, held }: DueSchedules): Promise<boolean> {
    const rows = [...new Map([...due, ...held].map((row) => [row.name, row])).values()]
    const open = await findOpenJobs(backend, rows)
    const changes = rows.flatMap((row) => this.#plan(row, now, open.get(row.name) ?? []))
    if (changes.length > 0) {
      await writeSchedules(this.#context, schedulesOf(backend, 'The scheduler'), changes, now)
    }
    await this.#cancelForHeld(backend, rows, open)
    return changes.length > 0
  }

  /** A schedule that cannot be planned here, such as one of a newer release, does not keep others from firing. */
  #plan(row: ScheduleRecord, now: number, alive: readonly string[]): readonly ScheduleChange[] {
    try {
      const change = planFirings(row, now, alive)
      this.#broken.delete(row.name)
      return change === null ? [] : [change]
    } catch (error) {
      if (!this.#broken.has(row.name)) {
        const { events, clock } = this.#context
        events.emit('internal:error', { at: clock.now(), during: `firing of schedule ${row.name}`, error })
      }
      this.#broken.add(row.name)
      return []
    }
  }

  /** After the firing is held, so that a crash in between is made up for at the next look. */
  async #cancelForHeld(
    backend: Backend,
    rows: readonly ScheduleRecord[],
    open: ReadonlyMap<string, readonly string[]>,
  ): Promise<void> {
    const waitedFor = rows
      .filter(({ overlap, heldAt }) => overlap === 'cancel-running' && heldAt !== null)
      .flatMap(({ name }) => open.get(name) ?? [])
    const fresh = waitedFor.filter((id) => !this.#cancelled.has(id))
    await cancelJobs(backend, fresh)
    this.#cancelled = new Set(waitedFor)
  }

  async #watchSettled(backend: Backend, wanted: boolean): Promise<void> {
    if (wanted) {
      this.#settledSubscription ??= await backend.subscribe({ settled: true }, () => this.#wake())
      return
    }
    const stop = this.#settledSubscription
    this.#settledSubscription = null
    await stop?.()
  }

  #wake(): void {
    this.#woken = true
    this.#rest.abort()
  }

  async #wait(ms: number): Promise<void> {
    // A store in this process answers without a turn of the event loop: others have to come to theirs.
    await new Promise((resolve) => setImmediate(resolve))
    const until = performance.now() + ms
    if (!this.#woken && ms > 0 && !this.#stopping) {
      this.#rest = new AbortController()
      await sleep(ms, this.#rest.signal)
    }
    // A busy store wakes all the time: looks that nothing was planned for keep a distance.
    const calmMs = Math.min(until, this.#lookedAt + CALM_MS) - performance.now()
    if (this.#woken && calmMs > 0) await sleep(calmMs, this.#ended.signal)
  }
}
