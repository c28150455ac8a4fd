/**
 * The store of a test app: the real memory backend, with a record of what goes in and out.
 * @module
 */

import { memory } from '../backends/memory/index.ts'
import type {
  Backend,
  BackendInfo,
  CheckpointsFacet,
  Clock,
  ControlFacet,
  EnqueueReceipt,
  ExchangeReply,
  ExchangeRequest,
  Interest,
  LimitsFacet,
  NewJob,
  RecordsFacet,
  RescuedJob,
  SchedulesFacet,
  UniqueFacet,
  Unsubscribe,
  WakeTopic,
  WorkerInfo,
} from '../contract/index.ts'
import type { Journal } from './journal.ts'

/** Longer than any test's clock is moved: a lease must not run out because a test lets three days pass. */
const FOREVER_MS = Number.MAX_SAFE_INTEGER / 2

interface Subscription {
  readonly interest: Interest
  readonly wake: (topic: WakeTopic) => void
  stop: Unsubscribe
}

/** The memory backend has every one of these. */
type Store = Required<Omit<Backend, 'transaction'>>

/** It can be emptied, and holds claims to the room that the journal gives. */
export class TestBackend implements Backend {
  readonly name = 'memory'
  readonly url = null
  readonly #clock: Clock
  readonly #journal: Journal
  readonly #subscriptions = new Set<Subscription>()
  #store: Store

  constructor(clock: Clock, journal: Journal) {
    this.#clock = clock
    this.#journal = journal
    this.#store = memory({ clock }) as Store
  }

  get records(): RecordsFacet {
    return this.#store.records
  }

  get unique(): UniqueFacet {
    return this.#store.unique
  }

  get checkpoints(): CheckpointsFacet {
    return this.#store.checkpoints
  }

  get control(): ControlFacet {
    return this.#store.control
  }

  get limits(): LimitsFacet {
    return this.#store.limits
  }

  get schedules(): SchedulesFacet {
    return this.#store.schedules
  }

  async enqueue(jobs: readonly NewJob[]): Promise<readonly EnqueueReceipt[]> {
    const receipts = await this.#store.enqueue(jobs)
    this.#journal.enqueued(jobs, receipts, this.#clock.now())
    return receipts
  }

  async exchange(request: ExchangeRequest): Promise<ExchangeReply> {
    const { claim } = request
    const limit = Math.min(claim?.limit ?? 0, this.#journal.room)
    const reply = await this.#store.exchange({
      ...request,
      claim: claim === null || limit < 1 ? null : { ...claim, limit },
    })
    this.#journal.settled(request.settle, reply.leaseLost)
    this.#journal.claimed(reply.claimed)
    return reply
  }

  async subscribe(interest: Interest, wake: (topic: WakeTopic) => void): Promise<Unsubscribe> {
    const stop = await this.#store.subscribe(interest, wake)
    const subscription: Subscription = { interest, wake, stop }
    this.#subscriptions.add(subscription)
    return async () => {
      this.#subscriptions.delete(subscription)
      await subscription.stop()
    }
  }

  heartbeat(worker: WorkerInfo, _leaseMs: number): Promise<boolean> {
    return this.#store.heartbeat(worker, FOREVER_MS)
  }

  retire(workerId: string): Promise<void> {
    return this.#store.retire(workerId)
  }

  rescue(options: { readonly quarantineAfter: number }): Promise<readonly RescuedJob[]> {
    return this.#store.rescue(options)
  }

  migrate(): Promise<readonly number[]> {
    return this.#store.migrate()
  }

  info(): Promise<BackendInfo> {
    return this.#store.info()
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  /** Starts over with an empty store; whoever is subscribed stays so. */
  async empty(): Promise<void> {
    const old = this.#store
    this.#store = memory({ clock: this.#clock }) as Store
    this.#journal.clear()
    for (const one of this.#subscriptions) one.stop = await this.#store.subscribe(one.interest, one.wake)
    await old.close()
  }
}
