/**
 * Enqueues on their way into the store: code under test may not wait for them, and a drain has to.
 * @module
 */

/** What has been sent off and has not arrived. */
export class Flights {
  readonly #open = new Set<Promise<unknown>>()

  /** How many are under way. */
  get count(): number {
    return this.#open.size
  }

  /** The same promise, remembered until it settles. */
  track<T>(flight: Promise<T>): Promise<T> {
    this.#open.add(flight)
    const landed = (): void => {
      this.#open.delete(flight)
    }
    // Both ways out are taken, so that a rejection stays the caller's own business.
    flight.then(landed, landed)
    return flight
  }

  /** Resolves once everything has arrived or been refused. */
  async landed(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled(this.#open)
  }
}
