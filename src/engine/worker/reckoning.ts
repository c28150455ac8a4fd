/**
 * When to tell the store all that a worker holds: after an exchange without an answer.
 *
 * The store may have carried it out, and given the worker jobs of which it has never heard. They would stay active
 * for as long as the worker lives.
 * @module
 */

/** Remembers what is owed to the store. */
export class Reckoning {
  readonly #leaseMs: number
  #owed = false
  #againAt = Number.POSITIVE_INFINITY

  /** @param leaseMs the worker's lease: no call that got lost is carried out later than that. */
  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs
  }

  /** True where the latest exchange had no answer. */
  get owed(): boolean {
    return this.#owed
  }

  /** An exchange had no answer. */
  owe(): void {
    this.#owed = true
  }

  /** Ms until the next exchange with all that the worker holds; infinite where none is due. */
  dueIn(now: number): number {
    return this.#owed ? 0 : Math.max(0, this.#againAt - now)
  }

  /** The store has been told. Once more a lease later, since it may carry out a lost call late. */
  told(now: number): void {
    this.#againAt = this.#owed ? now + this.#leaseMs : Number.POSITIVE_INFINITY
    this.#owed = false
  }
}
