/**
 * A worker that fires schedules too: the scheduler lives as long as it does.
 * @module
 */
import type { Duration, Worker, WorkerHealth } from '../contract/index.ts'

/** As much of a scheduler as is needed here. */
interface Scheduling {
  start(): Promise<void>
  stop(): Promise<void>
}

/** The worker, with a scheduler beside it. */
export class ScheduledWorker implements Worker {
  readonly id: string
  readonly stopped: Promise<void>
  readonly #worker: Worker
  readonly #scheduler: Scheduling

  constructor(worker: Worker, scheduler: Scheduling) {
    this.id = worker.id
    this.#worker = worker
    this.#scheduler = scheduler
    // Also where a command from elsewhere stops the worker.
    this.stopped = worker.stopped.then(() => scheduler.stop())
  }

  async start(): Promise<void> {
    await this.#worker.start()
    try {
      await this.#scheduler.start()
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  quiet(): void {
    this.#worker.quiet()
  }

  async stop(options?: { readonly grace?: Duration }): Promise<void> {
    await Promise.all([this.#scheduler.stop(), this.#worker.stop(options)])
  }

  health(): WorkerHealth {
    return this.#worker.health()
  }

  idle(): Promise<void> {
    return this.#worker.idle()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}
