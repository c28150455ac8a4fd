/**
 * A worker's life: start, quiet, stop, and the truth about it.
 * @module
 */
import type { Duration, Worker, WorkerHealth } from '../../contract/index.ts'
import { NotRunningError } from '../../contract/index.ts'
import { checkKeys } from '../../kit/check.ts'
import { parseDuration } from '../../kit/durations.ts'
import { Life } from '../../kit/life.ts'
import type { EngineContext } from '../ports.ts'
import { TaskPlans } from './attempt/task-plan.ts'
import type { QueuePlan, WorkerPlan } from './options.ts'
import { ownVersion } from './version.ts'
import { WorkerRun } from './worker-run.ts'

/** An exchange without an answer for less than this, in ms, is no sign of a store that hangs. */
const HANGS_AFTER_MS = 2_000

/** Runs jobs of a context's tasks. */
export class MillraceWorker implements Worker {
  readonly id: string
  readonly stopped: Promise<void>
  readonly #context: EngineContext
  readonly #plan: WorkerPlan
  readonly #life: Life
  #run: WorkerRun | null = null
  #claiming = false
  #quiet = false
  #resolveStopped: () => void = () => undefined

  constructor(context: EngineContext, plan: WorkerPlan) {
    this.id = plan.id
    this.#context = context
    this.#plan = plan
    this.#life = new Life(`Worker ${plan.id}`)
    this.stopped = new Promise((resolve) => {
      this.#resolveStopped = resolve
    })
  }

  /**
   * Resolves once it claims jobs, or at its stop where that comes first.
   * @throws InvalidOptionError where a task cannot run here; NotRunningError after a stop.
   */
  start(): Promise<void> {
    return this.#life.start((signal) => this.#start(signal))
  }

  quiet(): void {
    if (this.#quiet || this.#life.state === 'stopped') return
    this.#quiet = true
    this.#run?.quiet()
    this.#context.events.emit('worker:quiet', { at: this.#context.clock.now(), workerId: this.id })
  }

  async stop(options: { readonly grace?: Duration } = {}): Promise<void> {
    checkKeys(options, ['grace'], 'worker.stop()')
    const graceMs = options.grace === undefined ? this.#plan.graceMs : parseDuration(options.grace, 'grace')
    const before = this.#life.state
    try {
      await this.#life.stop(() => this.#stop(graceMs))
    } finally {
      if (before !== 'idle') this.#resolveStopped()
    }
  }

  health(): WorkerHealth {
    const run = this.#run
    const state = this.#state()
    const lastError = run?.error ?? null
    const answeredAt = run?.loop.answeredAt ?? null
    return {
      state,
      healthy:
        (state === 'running' || state === 'quiet') &&
        this.#claiming &&
        lastError === null &&
        !this.#hangs(run),
      busy: run?.slots.used ?? 0,
      slots: this.#plan.slots,
      abandoned: run?.abandoned.size ?? 0,
      sinceExchangeMs:
        answeredAt === null ? null : Math.max(0, Math.round(this.#context.clock.monotonic() - answeredAt)),
      lastError,
    }
  }

  async idle(): Promise<void> {
    const { state } = this.#life
    if (state === 'stopped') return
    if (state === 'idle')
      throw new NotRunningError(`Worker ${this.id} was not started, so it will not become idle.`)
    if (state === 'starting') await this.start()
    await this.#run?.loop.idle()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** The store has neither answered nor refused the exchange that is under way. */
  #hangs(run: WorkerRun | null): boolean {
    return run !== null && run.loop.unansweredMs > Math.max(HANGS_AFTER_MS, 2 * this.#plan.pollMs)
  }

  #state(): WorkerHealth['state'] {
    const { state } = this.#life
    if (state === 'starting' || state === 'running') return this.#quiet ? 'quiet' : 'running'
    return state
  }

  async #start(signal: AbortSignal): Promise<void> {
    const context = this.#context
    const plans = new TaskPlans(context)
    plans.prepare()
    const queues = this.#plan.queues ?? this.#defaultQueues()
    const version = await ownVersion()
    const run = new WorkerRun({
      ...{ context, plan: this.#plan, plans, queues, version },
      onQuiet: () => this.quiet(),
      onStop: () => this.#stopByCommand(),
    })
    this.#run = run
    if (this.#quiet) run.quiet()
    await run.start(signal)
    // It was stopped before the store had answered: there was nothing to start, and stop() cleans up.
    if (signal.aborted) return
    this.#claiming = true
    const { slots } = this.#plan
    context.events.emit('worker:started', {
      ...{ at: context.clock.now(), workerId: this.id, queues: run.queueNames, slots },
    })
  }

  async #stop(graceMs: number): Promise<void> {
    const { events, clock } = this.#context
    const released = (await this.#run?.stop(graceMs)) ?? 0
    this.#claiming = false
    events.emit('worker:stopped', { at: clock.now(), workerId: this.id, released })
  }

  #stopByCommand(): void {
    this.stop().catch((error: unknown) => {
      const { events, clock } = this.#context
      events.emit('internal:error', { at: clock.now(), during: 'stop by command', error })
    })
  }

  #defaultQueues(): readonly QueuePlan[] {
    const { slots } = this.#plan
    return this.#context.registry.queues().map((name) => ({ name, weight: 1, slots }))
  }
}
