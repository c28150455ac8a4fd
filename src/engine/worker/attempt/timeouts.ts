/**
 * Timeouts of running attempts, by one timer and a look at who runs.
 * @module
 */
import type { Clock } from '../../../contract/index.ts'
import type { Attempt } from './attempt.ts'

const LONGEST_TIMER = 2 ** 31 - 1

/**
 * There are never more running attempts than slots, so looking at all of them when the nearest deadline may
 * have come is cheaper than a timer for each, most of which would never fire.
 */
export class Timeouts {
  readonly #clock: Clock
  readonly #running: readonly Attempt[]
  readonly #expire: (attempt: Attempt) => void
  #timer: NodeJS.Timeout | undefined
  /** When the timer fires, on the monotonic clock. */
  #nextAt = Number.POSITIVE_INFINITY

  /** @param running live list of those that run. */
  constructor(clock: Clock, running: readonly Attempt[], expire: (attempt: Attempt) => void) {
    this.#clock = clock
    this.#running = running
    this.#expire = expire
  }

  /** Watches an attempt that has just started. */
  watch(attempt: Attempt): void {
    if (attempt.deadline < this.#nextAt) this.#arm(attempt.deadline)
  }

  /** Watches nobody any more. */
  close(): void {
    clearTimeout(this.#timer)
    this.#nextAt = Number.POSITIVE_INFINITY
  }

  #arm(at: number): void {
    clearTimeout(this.#timer)
    this.#nextAt = at
    const ms = Math.min(LONGEST_TIMER, Math.max(1, Math.ceil(at - this.#clock.monotonic())))
    this.#timer = setTimeout(() => this.#look(), ms)
    this.#timer.unref()
  }

  #look(): void {
    this.#nextAt = Number.POSITIVE_INFINITY
    const now = this.#clock.monotonic()
    for (const attempt of this.#running.filter((one) => one.deadline <= now)) this.#expire(attempt)
    let nearest = Number.POSITIVE_INFINITY
    for (const attempt of this.#running) if (attempt.deadline < nearest) nearest = attempt.deadline
    if (nearest < this.#nextAt) this.#arm(nearest)
  }
}
