/**
 * The one loop of a worker: each exchange stores what has ended and claims what there is room for.
 * @module
 */
import type { Backend, ClaimRequest, Clock, EventBus, ExchangeReply } from '../../contract/index.ts'
import type { Announcer } from './announce.ts'
import type { Notes } from './attempt/notes.ts'
import { type Bell, nextTurn } from './bell.ts'
import type { Dispatcher } from './dispatcher.ts'
import { Outage } from './outage.ts'
import type { Prefetch } from './prefetch.ts'
import type { QueueOrder } from './queue-order.ts'
import type { Ended, SettleBatch } from './settle-batch.ts'
import { Waiters } from './waiters.ts'

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
  /** Renews the lease and finds out which jobs are this worker's own; answers when it was so, by the monotonic clock. */
  readonly renewLease: () => Promise<number>
}

/** A store that says "now" and then gives nothing must not be asked in a tight circle. */
const SOONEST_LOOK_MS = 1

/** After a fault of our own the loop takes a breath, in ms. */
const AFTER_FAULT_MS = 100

/** Claims and settles until it is ended. No failure of the store ends it. */
export class ExchangeLoop {
  readonly #options: ExchangeLoopOptions
  readonly #outage: Outage
  readonly #idle = new Waiters()
  readonly #stored = new Waiters()
  #claiming = true
  #ended = false
  #exchanging = false
  /** When the latest exchange was begun, on the monotonic clock. */
  #begunAt = 0
  /** Counts exchanges that were begun. */
  #number = 0
  /** There may be something to claim. */
  #look = true
  /** When to look although nobody has rung, on the monotonic clock. */
  #lookAt = 0
  /** Not before this time: the store has failed. */
  #notBefore = 0
  /** When the present stretch of work began (negative: there is none), and how many attempts had ended by then. */
  #busySince = -1
  #endedBefore = 0
  #answeredAt: number | null = null

  constructor(options: ExchangeLoopOptions) {
    this.#options = options
    this.#outage = new Outage(options.events, options.clock, 'exchange')
  }

  /** The store's latest failure; null while it answers. */
  get error(): Error | null {
    return this.#outage.error
  }

  /** When the store answered last, on the monotonic clock; null before the first time. */
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

  /** Ends the loop after the exchange that is under way. */
  end(): void {
    this.#ended = true
    this.#options.bell.ring()
    this.#idle.resolve()
    this.#stored.resolve()
  }

  /** Resolves when nothing claimable is left, nothing runs, and everything is stored. */
  idle(): Promise<void> {
    if (this.#ended || (!this.#claiming && this.#isQuiet())) return Promise.resolve()
    const idle = this.#idle.wait(this.#number + 1)
    this.wake()
    return idle
  }

  /** Resolves when everything that has ended is stored. */
  stored(): Promise<void> {
    if (this.#ended || this.allStored) return Promise.resolve()
    const stored = this.#stored.wait(this.#number)
    // Whoever waits has little time, and the store may be back.
    this.#notBefore = 0
    this.#options.bell.ring()
    return stored
  }

  /** True where everything that has ended is stored. */
  get allStored(): boolean {
    return this.#options.settles.size === 0 && !this.#exchanging
  }

  /** For how long the exchange that is under way has had no answer, in ms; 0 where none is. */
  get unansweredMs(): number {
    return this.#exchanging ? this.#options.clock.monotonic() - this.#begunAt : 0
  }

  /** Runs until {@link end}. */
  async run(): Promise<void> {
    const { bell, clock } = this.#options
    while (!this.#ended) {
      const ms = this.#dueIn(clock.monotonic())
      if (ms > 0) await bell.wait(ms)
      else await this.#exchangeOnce()
    }
  }

  /** Whatever is wrong here, in a backend or in what it answers: the loop goes on. */
  async #exchangeOnce(): Promise<void> {
    const { events, clock } = this.#options
    try {
      await this.#exchange()
    } catch (error) {
      this.#notBefore = clock.monotonic() + AFTER_FAULT_MS
      events.emit('internal:error', { at: clock.now(), during: 'exchange', error })
    }
    await nextTurn()
  }

  /** Nothing runs, waits, or has to be stored. */
  #isQuiet(): boolean {
    return this.#options.dispatcher.idle && this.#options.settles.size === 0 && !this.#exchanging
  }

  /** Ms until the next exchange is worth its while; 0: now. */
  #dueIn(now: number): number {
    const { settles, dispatcher, pollMs } = this.#options
    if (now < this.#notBefore) return this.#notBefore - now
    if (dispatcher.doubtful) return 0
    if (now >= this.#lookAt) this.#look = true
    this.#freeHostages(now)
    if (this.#wantsToClaim()) return 0
    let ms = this.#look ? pollMs : Math.min(pollMs, this.#lookAt - now)
    if (settles.size > 0) ms = dispatcher.idle ? 0 : Math.min(ms, settles.ripeIn(now))
    return Math.min(ms, dispatcher.waiting.hostageIn(now))
  }

  /** True where there may be something to claim, and a slot or half of the room ahead is free for it. */
  #wantsToClaim(): boolean {
    const { dispatcher, prefetch, order } = this.#options
    const { waiting } = dispatcher
    const ahead = prefetch.target
    if (!this.#claiming) return false
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

  async #exchange(): Promise<void> {
    const { workerId, backend, settles, notes, clock, dispatcher } = this.#options
    const begunAt = clock.monotonic()
    this.#begunAt = begunAt
    this.#exchanging = true
    this.#number += 1
    const sent = settles.take()
    let claim: ClaimRequest | null = null
    let reply: ExchangeReply
    try {
      if (notes.size > 0) await notes.beforeSettle(sent)
      claim = this.#claim()
      this.#look = false
      reply = await backend.exchange({ workerId, settle: sent, claim })
    } catch (error) {
      this.#exchanging = false
      this.#failed(sent, error)
      return
    }
    this.#exchanging = false
    // How long the answer took to be read does not count: the whole process may have been stopped since.
    if (reply.leaseExpired) dispatcher.doubt()
    else dispatcher.leaseSeen(begunAt)
    this.#answered(sent, claim, reply)
    if (dispatcher.doubtful) await this.#renewLease()
  }

  #claim(): ClaimRequest | null {
    const { dispatcher, prefetch, order, settles, clock } = this.#options
    if (this.#busySince >= 0) {
      prefetch.observe(dispatcher.ended - this.#endedBefore, clock.monotonic() - this.#busySince)
      this.#busySince = -1
    }
    const ahead = prefetch.target
    // More than one exchange can carry waits to be stored: that comes first.
    const limit = this.#claiming && settles.size === 0 ? dispatcher.waiting.room + ahead : 0
    if (limit <= 0) return null
    const queues = order.spread(limit, ahead)
    return queues.length === 0 ? null : { queues, limit }
  }

  #answered(sent: readonly Ended[], claim: ClaimRequest | null, reply: ExchangeReply): void {
    const { dispatcher, clock, order, announcer, pollMs } = this.#options
    const now = clock.monotonic()
    this.#outage.succeeded()
    this.#notBefore = 0
    this.#answeredAt = now
    this.#endedBefore = dispatcher.ended
    if (this.#claiming) dispatcher.take(reply.claimed)
    else dispatcher.giveBack(reply.claimed)
    if (!dispatcher.idle || reply.claimed.length > 0) this.#busySince = now
    if (claim !== null) {
      order.learn(claim.limit)
      if (reply.claimed.length >= claim.limit) this.#look = true
      // Many workers that look at the same time would get in each other's way.
      const poll = pollMs * (0.9 + Math.random() * 0.2)
      this.#lookAt = now + Math.min(poll, Math.max(SOONEST_LOOK_MS, reply.nextDueInMs ?? poll))
    }
    announcer.settled(sent, reply.leaseLost)
    const { settles } = this.#options
    if (settles.size === 0) this.#stored.resolve(this.#number)
    const nothingLeft = !this.#claiming || (claim !== null && !reply.leaseExpired)
    if (nothingLeft && reply.claimed.length === 0 && this.#isQuiet()) this.#idle.resolve(this.#number)
  }

  #failed(unsent: readonly Ended[], error: unknown): void {
    const { settles, dispatcher, clock } = this.#options
    settles.putBack(unsent)
    this.#look = true
    this.#notBefore = clock.monotonic() + this.#outage.failed(error)
    // By the time the store is back, what waits here may have been given to another worker.
    dispatcher.pause()
  }

  async #renewLease(): Promise<void> {
    const { dispatcher, clock } = this.#options
    this.#look = true
    try {
      dispatcher.trust(await this.#options.renewLease())
    } catch (error) {
      this.#notBefore = clock.monotonic() + this.#outage.failed(error)
    }
  }
}
