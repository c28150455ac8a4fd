/**
 * The lines of one queue: ready jobs by priority, and delayed ones by their time.
 * @module
 */
import type { JobState } from '../../contract/index.ts'
import { Line } from './line.ts'
import type { Row } from './row.ts'

/** One queue. Every job of it that waits stands in exactly one of its lines. */
export class QueueLines {
  readonly counts = new Map<JobState, number>()
  /** How many jobs ever came into each state. */
  readonly entered = new Map<JobState, number>()
  /** Jobs whose time has not come. */
  readonly delayed = new Line<Row>()
  readonly #ready = new Map<number, Line<Row>>()
  /** The lines of `#ready`, highest priority first. */
  #byPriority: Line<Row>[] = []

  /** The line of ready jobs of this priority. */
  ready(priority: number): Line<Row> {
    const known = this.#ready.get(priority)
    if (known !== undefined) return known
    const added = new Line<Row>()
    this.#ready.set(priority, added)
    this.#byPriority = [...this.#ready].sort(([a], [b]) => b - a).map(([, line]) => line)
    return added
  }

  /** The next job to be claimed, which stays where it is. */
  first(): Row | undefined {
    for (const line of this.#byPriority) {
      const row = line.first()
      if (row !== undefined) return row
    }
    return undefined
  }

  /** The due time that has been waited for longest; null where nothing is due. */
  oldestDueAt(now: number): number | null {
    const firsts = [this.delayed, ...this.#byPriority].map((line) => line.first()?.dueAt ?? now + 1)
    const oldest = Math.min(...firsts)
    return oldest <= now ? oldest : null
  }

  /** Counts a job in (1) or out (-1). */
  count(state: JobState, by: 1 | -1): void {
    this.counts.set(state, (this.counts.get(state) ?? 0) + by)
    if (by === 1) this.entered.set(state, (this.entered.get(state) ?? 0) + 1)
  }
}
