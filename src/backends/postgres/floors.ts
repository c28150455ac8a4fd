/**
 * Up to where this process has emptied each queue.
 *
 * What was claimed stays in the index as dead entries until the next vacuum, and a claim that started at the front
 * would pass over all of them each time. So it starts behind the last job this process claimed. What other processes put
 * before that point is seen once the floor is dropped, which happens several times a second and whenever a queue gives
 * less than was asked for.
 * @module
 */
import { numbers, texts } from './array.ts'
import type { SqlValue } from './driver.ts'

/** A floor is forgotten after so many ms, so that nothing waits longer than that before one. */
const LASTS_MS = 100
/** Most floors kept; a queue over very many priorities does without. */
const MOST = 64

interface Floor {
  readonly queue: string
  readonly rank: number
  readonly due: number
  readonly seq: number
}

/** The floors of one process. */
export class Floors {
  readonly #floors = new Map<string, Floor>()
  #since = 0

  /** The parameters for a claim. */
  get params(): SqlValue[] {
    if (performance.now() - this.#since > LASTS_MS) this.clear()
    const floors = [...this.#floors.values()]
    return [
      texts(floors.map(({ queue }) => queue)),
      numbers(floors.map(({ rank }) => rank)),
      numbers(floors.map(({ due }) => due)),
      numbers(floors.map(({ seq }) => seq)),
    ]
  }

  /** A claim of this queue and rank ended with this job. */
  raise(queue: string, rank: number, due: number, seq: number): void {
    if (this.#floors.size === 0) this.#since = performance.now()
    const key = `${rank} ${queue}`
    if (this.#floors.size < MOST || this.#floors.has(key)) this.#floors.set(key, { queue, rank, due, seq })
  }

  /** Something may lie before a floor. */
  clear(): void {
    this.#floors.clear()
  }
}
