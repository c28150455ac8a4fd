/**
 * The bench on which a backend and the model stand side by side.
 * @module
 */
import type { Backend, ClaimedJob } from '../contract/index.ts'
import { sleep } from '../kit/sleep.ts'
import type { Harness } from './harness.ts'
import type { Model } from './model.ts'
import { compareAll, takeNotice } from './model-compare.ts'

/** Names the histories use; few, so that they meet. */
export const QUEUES = ['a', 'b'] as const
export const KEYS = ['k0', 'k1', 'k2'] as const
export const WORKERS = 3

/** A full comparison after so many steps; in between only answers are compared. */
const COMPARE_EVERY = 10

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
  readonly #lives: number[] = Array.from({ length: WORKERS }, () => 0)
  #steps = 0

  constructor(harness: Harness, backend: Backend) {
    this.harness = harness
    this.backend = backend
    this.timed = harness.clock !== undefined
  }

  /** The id under which a worker lives at present. */
  worker(slot: number): string {
    return `w${slot}.${this.#lives[slot] ?? 0}`
  }

  /** The worker is never heard of again; another takes its slot. */
  replace(slot: number): void {
    this.#lives[slot] = (this.#lives[slot] ?? 0) + 1
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

  /** After each step. */
  async end(model: Model): Promise<void> {
    await takeNotice(model, this)
    this.#steps += 1
    if (this.#steps % COMPARE_EVERY === 0) await compareAll(model, this)
  }
}
