/**
 * A worker whose backend has yet to be loaded.
 * @module
 */
import type { Duration, Worker, WorkerHealth } from '../contract/index.ts'
import { NotRunningError } from '../contract/index.ts'

/** What is known of a worker before it is made. */
export interface WorkerPromise {
  readonly id: string
  readonly slots: number
  /** Loads the backend and makes the worker. */
  readonly make: () => Promise<Worker>
}

/** Stands in for a worker until its backend is loaded, which happens at `start()`. */
export class DeferredWorker implements Worker {
  readonly id: string
  readonly stopped: Promise<void>
  readonly #promise: WorkerPromise
  #worker: Worker | null = null
  #making: Promise<Worker> | null = null
  #ended = false
  #quiet = false
  #end: () => void = () => {}

  constructor(promise: WorkerPromise) {
    this.id = promise.id
    this.#promise = promise
    this.stopped = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  async start(): Promise<void> {
    // Nothing is loaded any more for a worker that will not run.
    const worker = this.#ended ? null : await this.#made()
    if (worker === null || this.#ended) {
      throw new NotRunningError(`Worker ${this.id} was stopped before it started.`)
    }
    return worker.start()
  }

  quiet(): void {
    this.#quiet = true
    this.#worker?.quiet()
  }

  async stop(options?: { readonly grace?: Duration }): Promise<void> {
    if (this.#worker !== null) return this.#worker.stop(options)
    // Before any start there is nothing to stop, and a later start works.
    if (this.#making === null) return
    this.#ended = true
    this.#end()
  }

  /** Stops for good, also where it was never started. */
  async close(): Promise<void> {
    try {
      await this.stop()
    } finally {
      this.#ended = true
      this.#end()
    }
  }

  health(): WorkerHealth {
    if (this.#worker !== null) return this.#worker.health()
    const state = this.#ended ? 'stopped' : 'idle'
    return {
      state,
      healthy: false,
      busy: 0,
      slots: this.#promise.slots,
      abandoned: 0,
      sinceExchangeMs: null,
      lastError: null,
    }
  }

  async idle(): Promise<void> {
    if (this.#ended) return
    if (this.#making === null) {
      throw new NotRunningError(`Worker ${this.id} was not started, so it will not become idle.`)
    }
    return (await this.#making).idle()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  #made(): Promise<Worker> {
    this.#making ??= this.#make()
    return this.#making
  }

  async #make(): Promise<Worker> {
    try {
      const worker = await this.#promise.make()
      if (this.#ended) return worker
      this.#worker = worker
      if (this.#quiet) worker.quiet()
      void worker.stopped.then(this.#end)
      return worker
    } catch (error) {
      this.#making = null
      throw error
    }
  }
}
