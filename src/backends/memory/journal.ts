/**
 * All jobs in the order in which they were stored, so that a page of a listing starts where the last one ended.
 * @module
 */
import type { Row } from './row.ts'

/** Rows by their `seq`. Removed rows stay until they outnumber the others, so that removal costs nothing. */
export class Journal {
  #rows: Row[] = []
  #removed = 0

  /** Appends a row; its `seq` is larger than all before. */
  add(row: Row): void {
    this.#rows.push(row)
  }

  /** Notes that a row was marked as removed. */
  remove(): void {
    this.#removed += 1
    if (this.#removed > 1_000 && this.#removed * 2 > this.#rows.length) {
      this.#rows = this.#rows.filter((row) => !row.removed)
      this.#removed = 0
    }
  }

  /** Rows after the one numbered `after` (null: all), upwards or downwards. */
  *walk(order: 'newest' | 'oldest', after: number | null): Generator<Row> {
    const step = order === 'oldest' ? 1 : -1
    let at = this.#start(order, after)
    for (let row = this.#rows[at]; row !== undefined; row = this.#rows[at]) {
      if (!row.removed) yield row
      at += step
    }
  }

  #start(order: 'newest' | 'oldest', after: number | null): number {
    if (after === null) return order === 'oldest' ? 0 : this.#rows.length - 1
    let low = 0
    let high = this.#rows.length
    const first = order === 'oldest' ? after + 1 : after
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#rows[middle] as Row).seq < first) low = middle + 1
      else high = middle
    }
    return order === 'oldest' ? low : low - 1
  }
}
