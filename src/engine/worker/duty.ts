/**
 * Something a worker does every now and then, for as long as it lives.
 * @module
 */
import type { Clock, EventBus } from '../../contract/index.ts'
import { Outage } from '../../kit/outage.ts'

/** What a duty is made with. */
export interface DutyOptions {
  /** As events name it. */
  readonly name: string
  readonly events: EventBus
  readonly clock: Clock
  /** Does it once, and answers the ms until the next time; null: only when it is asked for. */
  readonly work: (duty: { readonly stopping: boolean }) => Promise<number | null>
}

/** Repeats its work. A failure is told by events and followed by another try. */
export class Duty {
  readonly #options: DutyOptions
  readonly #outage: Outage
  #timer: NodeJS.Timeout | undefined
  #working: Promise<void> = Promise.resolve()
  #busy = false
  #again = false
  stopping = false

  constructor(options: DutyOptions) {
    this.#options = options
    this.#outage = new Outage(options.events, options.clock, options.name)
  }

  /** The latest failure; null while it succeeds. */
  get error(): Error | null {
    return this.#outage.error
  }

  /** Does it in so many ms. */
  start(inMs: number): void {
    if (this.stopping) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.now(), inMs)
    this.#timer.unref()
  }

  /** Does it at once, or once more where it is being done. */
  now(): void {
    if (this.stopping) return
    if (this.#busy) {
      this.#again = true
      return
    }
    clearTimeout(this.#timer)
    this.#busy = true
    this.#working = this.#work()
  }

  /** Resolves once what is being done is done. */
  async finished(): Promise<void> {
    await this.#working
  }

  /** Stops, once what is being done is done. */
  async stop(): Promise<void> {
    this.stopping = true
    clearTimeout(this.#timer)
    await this.#working
  }

  async #work(): Promise<void> {
    let next: number | null = null
    do {
      this.#again = false
      try {
        next = await this.#options.work(this)
        this.#outage.succeeded()
      } catch (error) {
        next = this.#outage.failed(error)
      }
    } while (this.#again && !this.stopping)
    // In the same breath as the look at #again, so that nobody who asks is overheard.
    this.#busy = false
    if (next !== null) this.start(next)
  }
}
