/**
 * Clocks: the system's own, and one that tests move by hand.
 * @module
 */
import type { Clock } from '../contract/index.ts'

/** The system's clock. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  monotonic: () => performance.now(),
})

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #now: number
  #monotonic = 0

  /** @param startMs wall time to begin with, ms since 1970. Default: the start of 2025, UTC. */
  constructor(startMs: number = Date.UTC(2025, 0, 1)) {
    this.#now = startMs
  }

  /** Wall time, ms since 1970. */
  now(): number {
    return this.#now
  }

  /** Ms advanced since it was made. */
  monotonic(): number {
    return this.#monotonic
  }

  /** Lets time pass: both kinds of time move on. */
  advance(ms: number): void {
    this.#now += ms
    this.#monotonic += ms
  }

  /** Sets the wall time, as an administrator does: monotonic time does not move. */
  set(ms: number): void {
    this.#now = ms
  }
}
