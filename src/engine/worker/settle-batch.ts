/**
 * Outcomes on their way to the store.
 * @module
 */
import type { ClaimedJob, Outcome, Settlement } from '../../contract/index.ts'
import type { Attempt } from './attempt/attempt.ts'

/** One outcome. The backend sees a {@link Settlement}; the rest is for what follows it. */
export class Ended implements Settlement {
  readonly job: ClaimedJob
  readonly outcome: Outcome
  /** Null where no attempt was begun here. */
  readonly attempt: Attempt | null
  /** How long the handler ran, in ms; 0 where nobody wants to know. */
  readonly runMs: number
  /** It was sent before, and nobody knows whether it arrived. */
  resent = false

  constructor(job: ClaimedJob, outcome: Outcome, attempt: Attempt | null, runMs: number) {
    this.job = job
    this.outcome = outcome
    this.attempt = attempt
    this.runMs = runMs
  }
}

/** Waits this long for company, in ms. */
const COMPANY_MS = 2

/** So many need no more company. */
const ENOUGH = 1_000

/** No exchange carries more. */
const MOST = 5_000

/** Gathers outcomes until they are worth a round trip. */
export class SettleBatch {
  #waiting: Ended[] = []
  /** When the first of them came, on the monotonic clock. */
  #since = 0

  get size(): number {
    return this.#waiting.length
  }

  push(ended: Ended, now: number): void {
    if (this.#waiting.length === 0) this.#since = now
    this.#waiting.push(ended)
  }

  /** Ms until they have waited long enough; 0: now. */
  ripeIn(now: number): number {
    if (this.#waiting.length >= ENOUGH) return 0
    return Math.max(0, this.#since + COMPANY_MS - now)
  }

  /** Takes what goes with the next exchange. */
  take(): readonly Ended[] {
    const taken = this.#waiting
    this.#waiting = taken.length <= MOST ? [] : taken.splice(MOST)
    return taken
  }

  /** Puts back what could not be sent; it goes first the next time. */
  putBack(unsent: readonly Ended[]): void {
    for (const ended of unsent) ended.resent = true
    this.#waiting = [...unsent, ...this.#waiting]
  }
}
