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
  /** When it was first sent without an answer, so that nobody knows whether it arrived; negative: never. */
  unansweredAt = -1
  /** How often the store has refused it when it came alone. */
  refusals = 0
  /** It stands for an outcome that the store has refused. */
  replaced = false

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
  /** Of the first so many one is at fault, if any is. */
  #suspects = 0
  /** Jobs whose outcome the store takes in no form. */
  readonly #stuck: ClaimedJob[] = []

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

  /** The jobs of all that the store has not taken. */
  jobs(): readonly ClaimedJob[] {
    return [...this.#waiting.map(({ job }) => job), ...this.#stuck]
  }

  /** True while it is being found out which of some settlements the store refuses. */
  get isSearching(): boolean {
    return this.#suspects > 0
  }

  /** Takes what goes with the next exchange: half of the suspects, where there are any. */
  take(): readonly Ended[] {
    const most = this.isSearching ? Math.ceil(this.#suspects / 2) : MOST
    const taken = this.#waiting
    this.#waiting = taken.length <= most ? [] : taken.splice(most)
    return taken
  }

  /** Puts back what had no answer; it goes first the next time. */
  putBack(unsent: readonly Ended[], sentAt: number): void {
    for (const ended of unsent) if (ended.unansweredAt < 0) ended.unansweredAt = sentAt
    this.#waiting = [...unsent, ...this.#waiting]
  }

  /** Puts back what the store refused, of which one seems to be at fault. */
  suspect(refused: readonly Ended[], sentAt: number): void {
    this.putBack(refused, sentAt)
    this.#suspects = refused.length
  }

  /** Lets go of a suspect that the store takes in no form. Its job stays this worker's, so that it is not run again. */
  giveUp({ job }: Ended): void {
    this.#stuck.push(job)
    this.clear(1)
  }

  /** So many of the suspects are cleared: the store has taken them. */
  clear(count: number): void {
    this.#suspects = Math.max(0, this.#suspects - count)
  }
}
