/**
 * What a running worker is made of, put together, from its first heartbeat to its retirement.
 * @module
 */
import { hostname } from 'node:os'
import type { Unsubscribe, WakeTopic, WorkerInfo } from '../../contract/index.ts'
import { Outage } from '../../kit/outage.ts'
import { sleep } from '../../kit/sleep.ts'
import { Maintenance } from '../maintenance.ts'
import type { EngineContext, Heart } from '../ports.ts'
import { Abandoned } from './abandoned.ts'
import { Announcer } from './announce.ts'
import { Notes } from './attempt/notes.ts'
import { faultReporter, outcomeOfError, timedOut } from './attempt/outcome.ts'
import { Runner } from './attempt/runner.ts'
import type { TaskPlans } from './attempt/task-plan.ts'
import { Bell } from './bell.ts'
import { Commands } from './commands.ts'
import { Dispatcher } from './dispatcher.ts'
import { Duty } from './duty.ts'
import { ExchangeLoop } from './exchange-loop.ts'
import { checkLeases } from './lease-check.ts'
import type { QueuePlan, WorkerPlan } from './options.ts'
import { Prefetch } from './prefetch.ts'
import { QueueOrder } from './queue-order.ts'
import { releaseAll, releaseWaiting } from './release.ts'
import { SettleBatch } from './settle-batch.ts'
import { Slots } from './slots.ts'
import { within } from './within.ts'

/** What a run is made with. */
export interface WorkerRunOptions {
  readonly context: EngineContext
  readonly plan: WorkerPlan
  readonly plans: TaskPlans
  readonly queues: readonly QueuePlan[]
  readonly version: string
  /** A command asks the worker to claim no more. */
  readonly onQuiet: () => void
  /** A command asks the worker to stop. */
  readonly onStop: () => void
}

/** Of the lease, a heartbeat renews this part; the rest is for others to notice that it ended. */
const LEASE_PART = 0.6

/** Heartbeats and rescues in the time of one lease. */
const BEATS = 5

/** Calls that are under way at the end have this long, in ms. */
const LAST_CALLS_MS = 5_000

/** The parts of a running worker. */
export class WorkerRun {
  readonly slots: Slots
  readonly loop: ExchangeLoop
  readonly abandoned: Abandoned
  readonly dispatcher: Dispatcher
  readonly queueNames: readonly string[]
  readonly #options: WorkerRunOptions
  readonly #startedAt: number
  /** What a heartbeat renews, in ms. */
  readonly #leasedMs: number
  readonly #heart: Heart
  readonly #heartbeat: Outage
  readonly #subscribing: Outage
  readonly #notes: Notes
  readonly #commands: Commands | null
  readonly #listen: Duty
  readonly #leaseCheck: Duty
  readonly #maintenance: Maintenance | null
  #unsubscribe: Unsubscribe | null = null
  #looping: Promise<void> = Promise.resolve()
  #quiet = false

  constructor(options: WorkerRunOptions) {
    const { context, plan, plans, queues } = options
    const { backend, events, clock } = context
    // Stores count in whole milliseconds.
    const everyMs = Math.floor(plan.leaseMs / BEATS)
    const bell = new Bell()
    const settles = new SettleBatch()
    const report = faultReporter(events, () => clock.now())
    this.#options = options
    this.#startedAt = clock.now()
    this.#leasedMs = Math.floor(plan.leaseMs * LEASE_PART)
    // A beat may just be due when an exchange sees the lease.
    const trustMs = this.#leasedMs - everyMs
    const announcer = new Announcer(events, clock, plan.id, trustMs)
    this.queueNames = queues.map((queue) => queue.name)
    this.slots = new Slots(plan.slots, queues)
    this.#heartbeat = new Outage(events, clock, 'heartbeat')
    this.#subscribing = new Outage(events, clock, 'subscribe')
    this.#heart = this.#makeHeart(everyMs)
    this.#notes = new Notes({ records: backend.records, events, clock })
    this.dispatcher = new Dispatcher({
      ...{ slots: this.slots, plans, clock, settles, announcer, bell, report, trustMs },
      onTimeout: (attempt) => {
        const error = timedOut(attempt)
        attempt.abort('timeout', error)
        this.abandoned.end(attempt, outcomeOfError(attempt, error, report))
      },
    })
    this.abandoned = new Abandoned(events, clock, this.dispatcher.settle)
    const { codecs, maxPayloadBytes, middleware } = context
    const services = {
      workerId: plan.id,
      backend,
      events,
      clock,
      codecs,
      maxPayloadBytes,
      notes: this.#notes,
      producer: context.producer,
    }
    const onOutcome = this.dispatcher.settle
    this.dispatcher.use(
      new Runner({ services, middleware, onOutcome, onLateEnd: this.abandoned.ended, report }),
    )
    this.loop = new ExchangeLoop({
      ...{ workerId: plan.id, backend, events, clock, bell, settles, announcer, pollMs: plan.pollMs },
      leaseMs: plan.leaseMs,
      ...{ dispatcher: this.dispatcher, notes: this.#notes, prefetch: new Prefetch(plan.prefetch) },
      order: new QueueOrder(this.slots.lanes, plan.order, plan.slots),
      renewLease: () => this.#renewLease(),
    })
    this.#commands = this.#makeCommands()
    const duty = { events, clock }
    this.#listen = new Duty({ ...duty, name: 'commands', work: () => this.#receive(everyMs) })
    this.#leaseCheck = new Duty({ ...duty, name: 'lease check', work: () => this.#checkLeases() })
    this.#maintenance = plan.maintenance ? this.#makeMaintenance(everyMs) : null
  }

  /** The store's latest trouble; null while it answers. */
  get error(): Error | null {
    return this.loop.error ?? this.#heartbeat.error ?? this.#listen.error
  }

  /** Registers with the store and begins to claim. While the store is down it tries again, until the signal aborts. */
  async start(signal: AbortSignal): Promise<void> {
    const { context, plan } = this.#options
    await untilDone(this.#heartbeat, signal, () => this.#heart.start())
    await untilDone(this.#subscribing, signal, async () => {
      const interest = { queues: this.queueNames, workerId: plan.id }
      this.#unsubscribe = await context.backend.subscribe(interest, (topic) => this.#wake(topic))
    })
    if (signal.aborted) return
    this.#looping = this.loop.run()
    this.#listen.now()
    this.#maintenance?.start()
  }

  /** Claims no more, and gives back what was claimed ahead. */
  quiet(): void {
    this.#quiet = true
    releaseWaiting(this)
  }

  /** Ends everything; answers how many jobs were given back. */
  async stop(graceMs: number): Promise<number> {
    const { context, plan } = this.#options
    const { backend, clock } = context
    this.#quiet = true
    const { dispatcher, abandoned, loop } = this
    const maintained = this.#maintenance?.stop()
    const { released } = await releaseAll({ workerId: plan.id, clock, dispatcher, abandoned, loop }, graceMs)
    loop.end()
    // A call to the store that never answers must not keep the process from ending.
    const duties = [
      maintained,
      this.#looping,
      this.#notes.flush(),
      this.#listen.stop(),
      this.#leaseCheck.stop(),
    ]
    await within(Promise.all(duties), LAST_CALLS_MS)
    this.#notes.close()
    this.#commands?.close()
    abandoned.close()
    dispatcher.close()
    await this.#attempt('unsubscribe', async () => this.#unsubscribe?.())
    await this.#attempt('heartbeat', () => this.#heart.stop())
    // Without it others take the worker's jobs when its lease ends, which is a little later.
    await this.#attempt('retire', () => backend.retire(plan.id))
    if (!loop.allStored) this.#tellUnstored()
    return released
  }

  /** What the worker says of itself. */
  readonly describe = (): WorkerInfo => {
    const { plan, version } = this.#options
    return {
      id: plan.id,
      host: hostname(),
      pid: process.pid,
      startedAt: this.#startedAt,
      queues: this.queueNames,
      slots: plan.slots,
      busy: this.slots.used,
      version,
      memoryBytes: process.memoryUsage.rss(),
      quiet: this.#quiet,
    }
  }

  #makeHeart(everyMs: number): Heart {
    const { context } = this.#options
    return context.makeHeart({
      backend: context.backend,
      leaseMs: this.#leasedMs,
      everyMs,
      describe: this.describe,
      onLeaseLost: () => this.#leaseCheck.now(),
      onError: (error, retryInMs) => this.#heartbeat.failed(error, retryInMs),
      onRecovered: () => this.#heartbeat.succeeded(),
    })
  }

  #makeCommands(): Commands | null {
    const { context, plan, onQuiet, onStop } = this.#options
    const { control, records } = context.backend
    if (control === undefined) return null
    const { dispatcher, abandoned } = this
    return new Commands({
      ...{ workerId: plan.id, control, records, dispatcher, abandoned, quiet: onQuiet, stop: onStop },
      stored: () => this.loop.stored(),
      report: faultReporter(context.events, () => context.clock.now()),
    })
  }

  #makeMaintenance(everyMs: number): Maintenance {
    const { context, plan, plans } = this.#options
    const { backend, events, clock, retention } = context
    return new Maintenance({
      ...{ backend, events, clock, retention, rescueEveryMs: everyMs, quarantineAfter: plan.quarantineAfter },
      taskNames: () => plans.names(),
      renewLease: async () => void (await this.#renewLease()),
    })
  }

  /** Nothing is started before it is known which jobs are this worker's own; answers when it was so, by the monotonic clock. */
  async #renewLease(): Promise<number> {
    await this.#heart.beat()
    const at = this.#options.context.clock.monotonic()
    // The beat cannot tell where a heart on another thread was first to renew a lease that had run out.
    this.#leaseCheck.now()
    await this.#leaseCheck.finished()
    if (this.#leaseCheck.error !== null) throw this.#leaseCheck.error
    return at
  }

  #wake(topic: WakeTopic): void {
    if (topic === 'jobs') this.loop.wake()
    else if (topic === 'control') this.#listen.now()
  }

  async #receive(everyMs: number): Promise<number> {
    await this.#commands?.receive()
    return everyMs
  }

  async #checkLeases(): Promise<null> {
    const { context, plan } = this.#options
    await checkLeases(plan.id, context.backend.records, this.dispatcher)
    return null
  }

  async #attempt(during: string, work: () => void | Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      const { events, clock } = this.#options.context
      events.emit('internal:error', { at: clock.now(), during: `${during} at the worker's end`, error })
    }
  }

  #tellUnstored(): void {
    const { events, clock } = this.#options.context
    const error = new Error(
      `The store did not take the last outcomes of worker ${this.#options.plan.id} in time. Other workers will run these jobs again.`,
      { cause: this.loop.error ?? undefined },
    )
    events.emit('internal:error', { at: clock.now(), during: "settle at the worker's end", error })
  }
}

/** Does it until it succeeds or the signal aborts. */
async function untilDone(outage: Outage, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    try {
      await work()
      outage.succeeded()
      return
    } catch (error) {
      await sleep(outage.failed(error), signal)
    }
  }
}
