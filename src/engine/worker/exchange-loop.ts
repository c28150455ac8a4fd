/**
 * The one loop of a worker: each exchange stores what has ended and claims what there is room for.
 * @module
 */
import type { Backend, ClaimRequest, Clock, EventBus, ExchangeReply } from '../../contract/index.ts'
import type { Announcer } from './announce.ts'
import type { Attempt } from './attempt/attempt.ts'
import type { Notes } from './attempt/notes.ts'
import { type Bell, nextTurn } from './bell.ts'
import type { Dispatcher } from './dispatcher.ts'
import { Outage } from './outage.ts'
import type { Prefetch } from './prefetch.ts'
import type { QueueOrder } from './queue-order.ts'
import { type Ended, FULL_BATCH, type SettleBatch } from './settle-batch.ts'
import { RELEASED } from './attempt/outcome.ts'

/** What a loop is made with. */
export interface ExchangeLoopOptions {
  readonly workerId: string
  readonly backend: Backend
  readonly events: EventBus
  readonly clock: Clock
  readonly bell: Bell
  readonly dispatcher: Dispatcher
  readonly settles: SettleBatch
  readonly order: QueueOrder
  readonly prefetch: Prefetch
  readonly notes: Notes
  readonly announcer: Announcer
  /** Longest wait between looks at the store, in ms. */
  readonly pollMs: number
  /** The store knows of no live lease. */
  readonly renewLease: () => Promise<void>
}

interface IdleWaiter {
  /** Number of the first exchange whose answer says something about the time since it was asked. */
  readonly from: number
  readonly resolve: () => void
}

/** A store that says "now" and then gives nothing must not be asked in a tight circle. */
const SOONEST_LOOK_MS = 1

/** Claims and settles until it is ended. No failure of the store ends it. */
export class ExchangeLoop {
  readonly #options: ExchangeLoopOptions
  readonly #outage: Outage
  #claiming = true
  #ended = false
  /** There may be something to claim. */
  #look = true
  /** Not before this time, on the monotonic clock: the store has failed. */
  #notBefore = 0
  /** When to look although nobody has rung. */
  #lookAt = 0
  #exchanges = 0
  /** When the present stretch of work began, and how many attempts had ended by then. */
  #busySince = -1
  #endedBefore = 0
  #answeredAt: number | null = null
  #idleWaiters: IdleWaiter[] = []

  constructor(options: ExchangeLoopOptions) {
    this.#options = options
    this.#outage = new Outage(options.events, options.clock, 'exchange')
  }

  /** The store's latest failure; null while it answers. */
  get error(): Error | null {
    return this.#outage.error
  }

  /** When the store answered last, on the monotonic clock. */
  get answeredAt(): number | null {
    return this.#answeredAt
  }

  /** Something may have become claimable. */
  wake(): void {
    this.#look = true
    this.#options.bell.ring()
  }

  /** Claims nothing from now on; goes on settling. */
  stopClaiming(): void {
    this.#claiming = false
    this.#options.bell.ring()
  }

  /** Ends the loop after the exchange that is under way. What is unsettled then stays so. */
  end(): void {
    this.#ended = true
    this.#options.bell.ring()
    this.#resolveIdle(Number.POSITIVE_INFINITY)
  }

  /** Resolves when nothing claimable is left, nothing runs and everything is stored. */
  idle(): Promise<void> {
    if (this.#ended) return Promise.resolve()
    return new Promise((resolve) => {
      this.#idleWaiters.push({ from: this.#exchanges + 1, resolve })
      this.wake()
    })
  }

  /** Resolves when everything that has ended is stored, or at the given time on the monotonic clock. */
  async settled(until: number): Promise<void> {
    const { settles, clock } = this.#options
    while ((settles.size > 0 || this.#inFlight > 0) && clock.monotonic() < until && !this.#ended) {
      this.#options.bell.ring()
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }

  #inFlight = 0

  /** Runs until {@link end}. */
  async run(): Promise<void> {
    const { bell, clock } = this.#options
    while (!this.#ended) {
      const ms = this.#dueIn(clock.monotonic())
      if (ms > 0) {
        await bell.wait(ms)
        continue
      }
      await this.#exchange()
      await nextTurn()
    }
  }

  /** Ms until the next exchange is worth its while; 0: now. */
  #dueIn(now: number): number {
    const { settles, dispatcher, pollMs } = this.#options
    if (now < this.#notBefore) return this.#notBefore - now
    if (now >= this.#lookAt) this.#look = true
    this.#freeHostages(now)
    if (this.#wantsClaim()) return 0
    let ms = this.#claiming ? Math.max(0, this.#lookAt - now) : pollMs
    if (settles.size > 0) ms = Math.min(ms, dispatcher.idle ? 0 : settles.ripeIn(now))
    // A look that has no room waits for a slot, not for the clock.
    else if (ms === 0) ms = pollMs
    return Math.min(ms, Math.max(1, dispatcher.waiting.hostageIn(now)))
  }
}
