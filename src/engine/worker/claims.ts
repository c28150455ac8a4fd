/**
 * When to claim, and how much: as soon as there may be something, and a slot or room ahead for it.
 * @module
 */
import type { ClaimRequest, Clock, ExchangeReply } from '../../contract/index.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { Prefetch } from './prefetch.ts'
import type { QueueOrder } from './queue-order.ts'

/** What it decides by. */
export interface ClaimsOptions {
  readonly dispatcher: Dispatcher
  readonly order: QueueOrder
  readonly prefetch: Prefetch
  readonly clock: Clock
  /** Longest wait between looks at the store, in ms. */
  readonly pollMs: number
}

/** A store that says "now" and then gives nothing must not be asked in a tight circle. */
const SOONEST_LOOK_MS = 1

/** Makes a worker's claims, and hands over what they give. */
export class Claims {
  readonly #options: ClaimsOptions
  #open = true
  /** There may be something to claim. */
  #look = true
  /** When to look although nobody has rung, on the monotonic clock. */
  #lookAt = 0
  /** When the present stretch of work began (negative: there is none), and how many attempts had ended by then. */
  #busySince = -1
  #endedBefore = 0

  constructor(options: ClaimsOptions) {
    this.#options = options
  }

  /** False where nothing is claimed any more. */
  get open(): boolean {
    return this.#open
  }

  close(): void {
    this.#open = false
  }

  /** Something may have become claimable. */
  wake(): void {
    this.#look = true
  }

  /** Ms until a claim is worth its while; 0: now. */
  dueIn(now: number): number {
    if (now >= this.#lookAt) this.#look = true
    this.#freeHostages(now)
    if (this.#isWanted()) return 0
    const { pollMs } = this.#options
    return this.#look ? pollMs : Math.min(pollMs, this.#lookAt - now)
  }

  /** The claim to make now; null for none. */
  next(): ClaimRequest | null {
    const { dispatcher, prefetch, order, clock } = this.#options
    this.#look = false
    if (this.#busySince >= 0) {
      prefetch.observe(dispatcher.ended - this.#endedBefore, clock.monotonic() - this.#busySince)
      this.#busySince = -1
    }
    const ahead = prefetch.target
    const limit = this.#open ? dispatcher.waiting.room + ahead : 0
    if (limit <= 0) return null
    const queues = order.spread(limit, ahead)
    return queues.length === 0 ? null : { queues, limit }
  }

  /**
   * Hands over what the store has given, and learns from it.
   * @param since when the work began that there is now, on the monotonic clock.
   */
  answered(claim: ClaimRequest | null, { claimed, nextDueInMs }: ExchangeReply, since: number): void {
    const { dispatcher, order, clock, pollMs } = this.#options
    this.#endedBefore = dispatcher.ended
    if (this.#open) dispatcher.take(claimed)
    else dispatcher.giveBack(claimed)
    if (!dispatcher.idle || claimed.length > 0) this.#busySince = since
    if (claim === null) return
    order.learn(claim.limit)
    if (claimed.length >= claim.limit) this.#look = true
    // Many workers that look at the same time would get in each other's way.
    const poll = pollMs * (0.9 + Math.random() * 0.2)
    this.#lookAt = clock.monotonic() + Math.min(poll, Math.max(SOONEST_LOOK_MS, nextDueInMs ?? poll))
  }

  /** True where there may be something to claim, and a slot or half of the room ahead is free for it. */
  #isWanted(): boolean {
    const { dispatcher, prefetch, order } = this.#options
    const { waiting } = dispatcher
    const ahead = prefetch.target
    if (!this.#open) return false
    if (waiting.room <= 0 && (ahead === 0 || waiting.wanted * 2 > ahead)) return false
    return this.#look || order.more(ahead)
  }

  #freeHostages(now: number): void {
    const { dispatcher, prefetch } = this.#options
    const lanes = dispatcher.waiting.hostages(now)
    if (lanes.length === 0) return
    prefetch.slump()
    const queues = new Set(lanes.map((lane) => lane.name))
    dispatcher.giveBackWaiting((job) => queues.has(job.queue))
  }
}
