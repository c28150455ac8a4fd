/**
 * The app's workers: made with what the app knows, and stopped with it.
 * @module
 */
import type { Backend, Worker, WorkerOptions } from '../contract/index.ts'
import { NotRunningError } from '../contract/index.ts'
import { timerHeart } from '../engine/heart.ts'
import type { EngineContext, Isolation } from '../engine/ports.ts'
import { mergeGiven } from '../engine/resolve.ts'
import { createWorker } from '../engine/worker/create-worker.ts'
import { readWorkerOptions } from '../engine/worker/options.ts'
import type { LazyBackend } from './backend-source.ts'
import { DeferredWorker } from './deferred-worker.ts'
import { threadHeart } from './heart-thread.ts'
import { createIsolation } from './isolation.ts'

/** What the app hands to its workers. */
export interface WorkersContext extends Omit<EngineContext, 'backend' | 'makeHeart' | 'isolation'> {
  readonly source: LazyBackend
  /** The module that makes the app, for isolated children. */
  readonly module: string | undefined
}

/** Makes workers, and knows which ones live. */
export class Workers {
  readonly #context: WorkersContext
  readonly #defaults: WorkerOptions
  readonly #alive = new Set<Worker>()
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
    const { source } = this.#context
    const worker =
      source.current === null
        ? new DeferredWorker({
            id: plan.id,
            slots: plan.slots,
            make: async () => createWorker(this.#engine(await source.open()), options),
          })
        : createWorker(this.#engine(source.current), options)
    this.#alive.add(worker)
    void worker.stopped.finally(() => this.#alive.delete(worker))
    return worker
  }

  /** Stops all workers and ends their isolated children. */
  async close(): Promise<void> {
    this.#closed = true
    try {
      await Promise.all([...this.#alive].map((worker) => worker.stop()))
    } finally {
      await this.#isolation?.close()
    }
  }

  #engine(backend: Backend): EngineContext {
    return {
      ...this.#context,
      backend,
      makeHeart: backend.url === null ? timerHeart : threadHeart,
      isolation: () => this.#isolate(),
    }
  }

  #isolate(): Isolation {
    const { module, events } = this.#context
    this.#isolation ??= createIsolation({ module, events })
    return this.#isolation
  }
}
