/**
 * One duty's trouble with the store: how long to wait, and telling about its begin and end.
 * @module
 */
import type { Clock, EventBus } from '../contract/index.ts'
import { backoffMs } from './backoff-loop.ts'

/** A store that is back should not wait long for its workers. */
const LONGEST_PAUSE_MS = 5_000

/** Failures of one kind of call, such as `exchange`. */
export class Outage {
  readonly #events: EventBus
  readonly #clock: Clock
  readonly #during: string
  #failures = 0
  #since = 0
  #error: Error | null = null

  constructor(events: EventBus, clock: Clock, during: string) {
    this.#events = events
    this.#clock = clock
    this.#during = during
  }

  /** The latest error; null while the calls succeed. */
  get error(): Error | null {
    return this.#error
  }

  /** Notes a failure and tells of it; answers the ms to wait before the next try. */
  failed(thrown: unknown, retryInMs?: number): number {
    if (this.#failures === 0) this.#since = this.#clock.monotonic()
    this.#failures += 1
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    this.#error = error
    const pause = retryInMs ?? backoffMs(this.#failures, { maxMs: LONGEST_PAUSE_MS })
    this.#events.emit('backend:error', {
      at: this.#clock.now(),
      during: this.#during,
      error,
      retryInMs: pause,
    })
    return pause
  }

  /** Notes a success, and tells of it where it ends an outage. */
  succeeded(): void {
    if (this.#failures === 0) return
    this.#failures = 0
    this.#error = null
    const downMs = Math.max(0, Math.round(this.#clock.monotonic() - this.#since))
    this.#events.emit('backend:recovered', { at: this.#clock.now(), during: this.#during, downMs })
  }
}
