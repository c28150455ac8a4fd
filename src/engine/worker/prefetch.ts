/**
 * How many jobs to claim ahead of free slots: as many as will be started within a moment.
 * @module
 */

/** What is claimed ahead should have started within this time. */
const HORIZON_MS = 25

/** Shorter stretches than a clock can measure well. */
const SHORTEST_MS = 0.01

/**
 * Follows the pace at which attempts end while the worker is busy. No-op handlers come in batches of a
 * thousand; where handlers take a second, next to nothing is claimed ahead, since another worker could run it.
 */
export class Prefetch {
  readonly #most: number
  /** Attempts that end per ms of busy time. */
  #pace = 0

  /** @param most never more than this. */
  constructor(most: number) {
    this.#most = most
  }

  /** Jobs to hold ahead of free slots. */
  get target(): number {
    return Math.min(this.#most, Math.floor(this.#pace * HORIZON_MS))
  }

  /** Learns that so many attempts ended within so many ms in which there was work. */
  observe(ended: number, ms: number): void {
    const pace = ended / Math.max(SHORTEST_MS, ms)
    this.#pace = this.#pace === 0 ? pace : (this.#pace + pace) / 2
  }

  /** What was claimed ahead had to wait: hold nothing until the pace is known again. */
  slump(): void {
    this.#pace = 0
  }
}
