/**
 * First in, first out, at the same cost however long the line is.
 * @module
 */

/** Below this it is not worth moving what is left to the front. */
const WORTH_MOVING = 1_024

/** A line of items. */
export class Fifo<T> {
  #items: T[] = []
  #head = 0

  get size(): number {
    return this.#items.length - this.#head
  }

  /** A copy, in order. */
  get items(): readonly T[] {
    return this.#items.slice(this.#head)
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    if (this.#head === this.#items.length) return undefined
    const item = this.#items[this.#head]
    this.#head += 1
    if (this.#head === this.#items.length) {
      this.#items = []
      this.#head = 0
    } else if (this.#head >= WORTH_MOVING && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }

  /** Removes what the test picks, and answers it in order. */
  remove(picks: (item: T) => boolean): T[] {
    const removed: T[] = []
    const kept: T[] = []
    for (let at = this.#head; at < this.#items.length; at += 1) {
      const item = this.#items[at] as T
      if (picks(item)) removed.push(item)
      else kept.push(item)
    }
    this.#items = kept
    this.#head = 0
    return removed
  }
}
