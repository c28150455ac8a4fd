/**
 * Promises for something that will have happened.
 * @module
 */

interface Waiter {
  readonly from: number
  readonly resolve: () => void
}

/** Those who wait for an event that is numbered. */
export class Waiters {
  #waiting: Waiter[] = []

  /** Resolves with the first event numbered `from` or later. Default: any. */
  wait(from = 0): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ from, resolve }))
  }

  /** The event numbered `number` has happened. Default: all of them have. */
  resolve(number = Number.POSITIVE_INFINITY): void {
    if (this.#waiting.length === 0) return
    const due = this.#waiting.filter(({ from }) => from <= number)
    this.#waiting = this.#waiting.filter(({ from }) => from > number)
    for (const { resolve } of due) resolve()
  }
}
