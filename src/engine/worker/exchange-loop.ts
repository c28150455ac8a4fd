/**
 * The one loop of a worker: each exchange stores what has ended and claims what there is room for.
 * @module
 */
import type { Backend, Clock, EventBus, ExchangeReply, ExchangeRequest } from '../../contract/index.ts'
import { Outage } from '../../kit/outage.ts'
import type { Announcer } from './announce.ts'
import type { Notes } from './attempt/notes.ts'
import { type Bell, nextTurn } from './bell.ts'
import { Claims } from './claims.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { Prefetch } from './prefetch.ts'
import type { QueueOrder } from './queue-order.ts'
import { Reckoning } from './reckoning.ts'
import { isRefusal, replacement } from './refused.ts'
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
  readonly leaseMs: number
  /** Renews the lease and finds out which jobs are this worker's own; answers when it was so, by the monotonic clock. */
  readonly renewLease: () => Promise<number>
}

/** After a fault of our own the loop takes a breath, in ms. */
const AFTER_FAULT_MS = 100

/** Claims and settles until it is ended. No failure of the store ends it. */
export class ExchangeLoop {
  readonly #options: ExchangeLoopOptions
  readonly #outage: Outage
  readonly #idle = new Waiters()
  readonly #stored = new Waiters()
  readonly #claims: Claims
  readonly #reckoning: Reckoning
  #ended = false
  #exchanging = false
  /** When the latest exchange was begun, on the monotonic clock. */
  #begunAt = 0
  /** Counts exchanges that were begun. */
  #number = 0
  /** Not before this time: the store has failed. */
  #notBefore = 0
  #answeredAt: number | null = null

  constructor(options: ExchangeLoopOptions) {
    this.#options = options
    this.#claims = new Claims(options)
    this.#reckoning = new Reckoning(options.leaseMs)
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
    this.#claims.wake()
    this.#options.bell.ring()
  }

  /** Claims nothing from now on; goes on settling. */
  stopClaiming(): void {
    this.#claims.close()
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
    if (this.#ended || (!this.#claims.open && this.#isQuiet())) return Promise.resolve()
    const idle = this.#idle.wait(this.#number + 1)
    this.wake()
    return idle
  }

  /** Resolves when everything that has ended is stored, and the store holds no job that this worker does not know of. */
  stored(): Promise<void> {
    if (this.#ended || (this.allStored && !this.#reckoning.owed)) return Promise.resolve()
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
      // What the store gave may not all have got where it belongs.
      this.#reckoning.owe()
      this.#notBefore = clock.monotonic() + AFTER_FAULT_MS
      events.emit('internal:error', { at: clock.now(), during: 'exchange', error })
    }
    await nextTurn()
  }

  /** Nothing runs, waits, or has to be stored. */
  #isQuiet(): boolean {
    const { dispatcher, settles } = this.#options
    return dispatcher.idle && settles.size === 0 && !this.#exchanging && !this.#reckoning.owed
  }

  /** Ms until the next exchange is worth its while; 0: now. */
  #dueIn(now: number): number {
    const { settles, dispatcher } = this.#options
    if (now < this.#notBefore) return this.#notBefore - now
    if (dispatcher.doubtful || dispatcher.beginnings.asks) return 0
    let ms = Math.min(this.#claims.dueIn(now), this.#reckoning.dueIn(now))
    if (ms > 0 && settles.size > 0) ms = dispatcher.idle ? 0 : Math.min(ms, settles.ripeIn(now))
    return Math.min(ms, dispatcher.waiting.hostageIn(now))
  }

  async #exchange(): Promise<void> {
    const { backend, settles, notes, clock, dispatcher } = this.#options
    const begunAt = clock.monotonic()
    this.#begunAt = begunAt
    this.#exchanging = true
    this.#number += 1
    const sent = settles.take()
    let request: ExchangeRequest
    let reply: ExchangeReply
    try {
      if (notes.size > 0) await notes.beforeSettle(sent)
      request = this.#request(sent)
      reply = await backend.exchange(request)
    } catch (error) {
      await this.#failed(sent, error)
      this.#exchanging = false
      return
    }
    this.#exchanging = false
    // How long the answer took to be read does not count: the whole process may have been stopped since.
    if (reply.leaseExpired) dispatcher.doubt()
    else dispatcher.leaseSeen(begunAt)
    this.#answered(sent, request, reply)
    if (dispatcher.doubtful) await this.#renewLease()
  }

  #request(sent: readonly Ended[]): ExchangeRequest {
    const { workerId, settles, dispatcher } = this.#options
    if (settles.isSearching) return { workerId, settle: sent, begin: [], claim: null, holding: null }
    // More than one exchange can carry waits to be stored: that comes first.
    const claim = settles.size === 0 ? this.#claims.next() : null
    const begin = dispatcher.doubtful ? [] : dispatcher.beginnings.ask()
    const tells = this.#reckoning.dueIn(this.#begunAt) === 0
    const holding = tells ? [...sent.map(({ job }) => job), ...settles.jobs(), ...dispatcher.held()] : null
    return { workerId, settle: sent, begin, claim, holding }
  }

  #answered(sent: readonly Ended[], { begin, claim, holding }: ExchangeRequest, reply: ExchangeReply): void {
    const { settles, dispatcher, clock, announcer } = this.#options
    const now = clock.monotonic()
    this.#outage.succeeded()
    this.#notBefore = 0
    this.#answeredAt = now
    settles.clear(sent.length)
    if (holding !== null) this.#reckoning.told(now)
    // What has begun has waited for this exchange, so its time counts.
    this.#claims.answered(claim, reply, begin.length > 0 ? this.#begunAt : now)
    if (begin.length > 0) dispatcher.begun(reply.leaseLost, sent)
    announcer.settled(sent, reply.leaseLost)
    if (settles.size === 0 && !this.#reckoning.owed) this.#stored.resolve(this.#number)
    const nothingLeft = !this.#claims.open || (claim !== null && !reply.leaseExpired)
    if (nothingLeft && reply.claimed.length === 0 && this.#isQuiet()) this.#idle.resolve(this.#number)
  }

  async #failed(unsent: readonly Ended[], error: unknown): Promise<void> {
    const { settles, dispatcher, clock } = this.#options
    // Where fewer of them may go through, they are tried at once.
    const searches = isRefusal(error) && unsent.length > (settles.isSearching ? 1 : 0)
    const pause = this.#outage.failed(error, searches ? 0 : undefined)
    this.#claims.wake()
    this.#reckoning.owe()
    // By the time the store is back, what waits here may have been given to another worker.
    dispatcher.pause()
    if (searches) return settles.suspect(unsent, this.#begunAt)
    const [only] = unsent
    if (only !== undefined && isRefusal(error) && (await this.#isAnswered()))
      return this.#refused(only, error)
    settles.putBack(unsent, this.#begunAt)
    this.#notBefore = clock.monotonic() + pause
  }

  /** True where the store answers, so that what it has refused alone is at fault. */
  async #isAnswered(): Promise<boolean> {
    const { backend, workerId } = this.#options
    try {
      await backend.exchange({ workerId, settle: [], begin: [], claim: null, holding: null })
      return true
    } catch {
      // The failure before it has been told already.
      return false
    }
  }

  #refused(refused: Ended, why: unknown): void {
    const { settles, events, clock } = this.#options
    refused.refusals += 1
    // The store may just have recovered from a trouble that it has no name for.
    if (refused.refusals === 1) return settles.suspect([refused], this.#begunAt)
    const ended = replacement(refused, why)
    if (ended !== null) return settles.suspect([ended], this.#begunAt)
    settles.giveUp(refused)
    const error = new Error(
      `The store takes no outcome of job ${refused.job.id}. It stays active until its worker ends.`,
      { cause: why },
    )
    events.emit('internal:error', { at: clock.now(), during: 'settle', error })
  }

  async #renewLease(): Promise<void> {
    const { dispatcher, clock } = this.#options
    this.#claims.wake()
    try {
      dispatcher.trust(await this.#options.renewLease())
    } catch (error) {
      this.#notBefore = clock.monotonic() + this.#outage.failed(error)
    }
  }
}
