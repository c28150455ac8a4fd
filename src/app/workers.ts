/**
 * The app's workers: made with what the app knows, and stopped with it.
 * @module
 */
import type { Worker, WorkerOptions } from '../contract/index.ts'
import { NotRunningError } from '../contract/index.ts'
import type { EngineContext, Isolation } from '../engine/ports.ts'
import { mergeGiven } from '../engine/resolve.ts'
import { readWorkerOptions } from '../engine/worker/options.ts'
import type { SchedulerContext } from '../scheduler/ports.ts'
import type { LazyBackend } from './backend-source.ts'
import { DeferredWorker } from './deferred-worker.ts'

/** What the app hands to its workers. */
export interface WorkersContext extends Omit<EngineContext, 'backend' | 'makeHeart' | 'isolation'> {
  readonly source: LazyBackend
  /** The module that makes the app, for isolated children. */
  readonly module: string | undefined
  /** For the schedulers that workers bring along. */
  readonly scheduling: SchedulerContext
}

/** Makes workers, and knows which ones live. */
export class Workers {
  readonly #context: WorkersContext
  readonly #defaults: WorkerOptions
  readonly #alive = new Set<DeferredWorker>()
  #isolation: Isolation | null = null
  #closed = false

  /** @param defaults the app's own worker options; those of a call come before them. */
  constructor(context: WorkersContext, defaults: WorkerOptions) {
    readWorkerOptions(defaults)
    this.#context = context
    this.#defaults = defaults
  }

  /**
   * A worker, not started.
   * @throws InvalidOptionError; NotRunningError once the app is closed.
   */
  make(given: WorkerOptions): Worker {
    if (this.#closed) throw new NotRunningError('The app is closed: it can make no worker.')
    readWorkerOptions(given)
    const merged = mergeGiven(this.#defaults, given)
    const plan = readWorkerOptions(merged)
    const options: WorkerOptions = { ...merged, id: plan.id }
    const make = (): Promise<Worker> => this.#assemble(options)
    const worker = new DeferredWorker({ id: plan.id, slots: plan.slots, make })
    this.#alive.add(worker)
    void worker.stopped.finally(() => this.#alive.delete(worker))
    return worker
  }

  /** Stops all workers and ends their isolated children. */
  async close(): Promise<void> {
    this.#closed = true
    try {
      await Promise.all([...this.#alive].map((worker) => worker.close()))
    } finally {
      await this.#isolation?.close()
    }
  }

  /** A producer, or a command that looks at the store, never loads the code of workers. */
  async #assemble(options: WorkerOptions): Promise<Worker> {
    const parts = await import('./worker-parts.ts')
    const backend = await this.#context.source.open()
    const { module, events, scheduling } = this.#context
    const isolation = (): Isolation => {
      this.#isolation ??= parts.createIsolation({ module, events })
      return this.#isolation
    }
    const makeHeart = backend.url === null ? parts.timerHeart : parts.threadHeart
    const worker = parts.createWorker({ ...this.#context, backend, makeHeart, isolation }, options)
    const { schedules, pollMs } = readWorkerOptions(options)
    if (!schedules || backend.schedules === undefined) return worker
    return new parts.ScheduledWorker(worker, new parts.Scheduler(scheduling, { pollMs }))
  }
}
