/**
 * Jobs by queue and state, counted as they change, so that reading the counts costs nothing at any size.
 * A transaction collects its differences and writes each once.
 * @module
 */
import type { SqliteSession } from './session.ts'

/** The differences one transaction makes. */
export class CountChanges {
  readonly #changes = new Map<string, Int32Array>()
  // Nearly every job of a batch is in the same queue as the one before.
  #lastQueue: string | undefined
  #lastRow: Int32Array = new Int32Array(8)

  /** `n` jobs of the queue are in this state that were not, or, with a negative `n`, no longer are. */
  add(queue: string, state: number, n: number): void {
    if (queue !== this.#lastQueue) this.#open(queue)
    this.#lastRow[state] = (this.#lastRow[state] ?? 0) + n
  }

  /** One job of the queue went from one state to another. */
  move(queue: string, from: number, to: number): void {
    if (queue !== this.#lastQueue) this.#open(queue)
    const row = this.#lastRow
    row[from] = (row[from] ?? 0) - 1
    row[to] = (row[to] ?? 0) + 1
  }

  /** Writes the differences; call it last in the transaction. */
  write(session: SqliteSession): void {
    for (const [queue, row] of this.#changes) {
      for (let state = 0; state < row.length; state++) {
        const n = row[state]
        if (n !== undefined && n !== 0) session.run('countAdd', queue, state, n, Math.max(n, 0))
      }
    }
  }

  #open(queue: string): void {
    let row = this.#changes.get(queue)
    if (row === undefined) {
      row = new Int32Array(8)
      this.#changes.set(queue, row)
    }
    this.#lastQueue = queue
    this.#lastRow = row
  }
}
