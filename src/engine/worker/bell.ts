/**
 * Wakes a loop that has nothing to do.
 * @module
 */

/** A timer cannot be set further ahead: beyond this it would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1

/** One loop waits, anybody rings. A ring while nobody waits makes the next wait return at once. */
export class Bell {
  #rung = false
  #resolve: (() => void) | null = null
  #timer: NodeJS.Timeout | undefined
  #soon = false

  /** Ends the wait at once. */
  ring(): void {
    this.#rung = true
    this.#end()
  }

  /** Ends the wait after this turn of the event loop, so that what else happens in this turn comes along. */
  ringSoon(): void {
    if (this.#soon) return
    this.#soon = true
    setImmediate(() => {
      this.#soon = false
      this.ring()
    })
  }

  /** Resolves after so many ms, or when it rings. Its timer keeps the process alive. */
  wait(ms: number): Promise<void> {
    if (this.#rung) {
      this.#rung = false
      return Promise.resolve()
    }
    return new Promise((resolve) => {
      this.#resolve = resolve
      this.#timer = setTimeout(() => this.#end(), Math.min(LONGEST_TIMER, Math.max(0, Math.ceil(ms))))
    })
  }

  #end(): void {
    const resolve = this.#resolve
    if (resolve === null) return
    this.#rung = false
    this.#resolve = null
    clearTimeout(this.#timer)
    resolve()
  }
}

/** Resolves in the event loop's next turn: timers and sockets go first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
