/**
 * Mode `inline`: a job runs while its producer waits for the enqueue.
 * @module
 */
import type { Receipt, WorkerOptions } from '../../contract/index.ts'
import { needRealTimers } from '../real-time.ts'
import type { World } from '../world.ts'

const WORKER: WorkerOptions = { slots: 1, prefetch: 0, maintenance: false, schedules: false, grace: 0 }

/** Runs jobs as they are enqueued. */
export class Inline {
  readonly #world: World
  #workers = 0

  constructor(world: World) {
    this.#world = world
  }

  /**
   * Runs the job, where it is due, and resolves once its attempt has ended. A job that was deduplicated is
   * another call's business.
   *
   * Each call brings a worker of its own, so that a handler which enqueues never waits for the slot it holds.
   * @param from how many attempts had ended before the enqueue: another call's worker may be faster.
   * @throws what the handler threw, where the attempt failed.
   */
  async run(receipt: Receipt, from: number): Promise<void> {
    if (receipt.outcome === 'deduplicated') return
    const { journal, thrown } = this.#world
    if (journal.lastAttempt(receipt.id, from) === null) await this.#work(receipt.id)
    const last = journal.lastAttempt(receipt.id, from)
    if (last?.outcome.kind === 'fail' || last?.outcome.kind === 'retry') throw thrown.of(last)
  }

  async #work(id: string): Promise<void> {
    await needRealTimers('The mode inline')
    const { app, backend, clock, journal } = this.#world
    const [job] = await backend.records.get([id])
    if (!job || job.dueAt > clock.now()) return
    this.#workers += 1
    const worker = app.worker({ ...WORKER, id: `inline:${this.#workers}`, queues: [job.queue] })
    try {
      await worker.start()
      await worker.idle()
      // Another call's worker may have it.
      await journal.ended(id)
    } finally {
      await worker.stop()
    }
  }

  /** Runs many jobs, one by one; where some fail, the others run all the same. */
  async runAll(receipts: readonly Receipt[], from: number, what: string): Promise<void> {
    const errors: unknown[] = []
    for (const receipt of receipts) {
      try {
        await this.run(receipt, from)
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length === 0) return
    throw new AggregateError(errors, `${errors.length} of ${receipts.length} ${what} failed.`, {
      cause: errors[0],
    })
  }
}
