/**
 * The bench on which a backend and the model stand side by side.
 * @module
 */
import type { Backend, ClaimedJob } from '../contract/index.ts'
import { sleep } from '../kit/sleep.ts'
import type { Harness } from './harness.ts'
import type { Model } from './model.ts'

/** Names the histories use; few, so that they meet. */
export const QUEUES = ['a', 'b'] as const
export const KEYS = ['k0', 'k1', 'k2'] as const
export const WORKERS = 3

/** The backend under test and what a history remembers of it. */
export class Bench {
  readonly harness: Harness
  readonly backend: Backend
  readonly keys = KEYS
  /** True where the backend's clock is moved by hand, so that times are compared exactly. */
  readonly timed: boolean
  /** Every claim ever handed out, those that are over included. */
  readonly claims: ClaimedJob[] = []
  /** The largest token seen of each id, over all its lives. */
  readonly tokens = new Map<string, number>()
  /** Steps taken. */
  steps = 0
  readonly #lives: number[] = Array.from({ length: WORKERS }, () => 0)

  constructor(harness: Harness, backend: Backend) {
    this.harness = harness
    this.backend = backend
    this.timed = harness.clock !== undefined
  }

  /** The id under which a worker lives at present. */
  worker(slot: number): string {
    return `w${slot}.${this.#lives[slot] ?? 0}`
  }

  /** The worker is never heard of again; another takes its slot, where that has not happened yet. */
  replace(id: string): void {
    const slot = this.#lives.findIndex((_, at) => this.worker(at) === id)
    if (slot >= 0) this.#lives[slot] = (this.#lives[slot] ?? 0) + 1
  }

  /** One of the claims, the latest for 0. */
  claim(back: number): ClaimedJob | undefined {
    return this.claims.length === 0
      ? undefined
      : this.claims[this.claims.length - 1 - (back % this.claims.length)]
  }

  /** Before each step: a real clock goes on by itself, and no two steps may share a millisecond. */
  async begin(model: Model): Promise<void> {
    if (this.timed) return
    await sleep(2)
    model.now = (await this.backend.info()).now
  }
}
