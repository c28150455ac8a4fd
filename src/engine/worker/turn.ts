/**
 * How much of one turn of the event loop may go into starting attempts.
 * @module
 */

/** A run of synchronous handlers lets the event loop go round after this long, in ms. */
const TURN_MS = 10

/** Measures the turns. */
export class Turn {
  readonly #onNext: () => void
  /** When this turn started its first attempt; negative: it has not. */
  #startedAt = -1

  /** @param onNext the turn after one in which attempts were started has begun. */
  constructor(onNext: () => void) {
    this.#onNext = onNext
  }

  /** True where one more may be started at this time, on the monotonic clock. */
  mayGoOn(now: number): boolean {
    if (this.#startedAt >= 0) return now - this.#startedAt < TURN_MS
    this.#startedAt = now
    setImmediate(this.#next)
    return true
  }

  readonly #next = (): void => {
    this.#startedAt = -1
    this.#onNext()
  }
}
