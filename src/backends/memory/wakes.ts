/**
 * Who wants to be woken for what, within this process.
 * @module
 */
import type { Interest, Unsubscribe, WakeTopic } from '../../contract/index.ts'

interface Subscriber {
  readonly queues: ReadonlySet<string>
  readonly interest: Interest
  readonly wake: (topic: WakeTopic) => void
  /** What it will be told at the end of this turn of the event loop. */
  readonly pending: Set<WakeTopic>
}

/**
 * Wakes are told once per turn of the event loop, however much happened, and never from inside the call that
 * caused them. A turn rather than a microtask, because a worker and a producer that wake each other by
 * microtasks alone would starve timers and sockets.
 */
export class Wakes {
  readonly #subscribers = new Set<Subscriber>()

  subscribe(interest: Interest, wake: (topic: WakeTopic) => void): Unsubscribe {
    const subscriber: Subscriber = { queues: new Set(interest.queues), interest, wake, pending: new Set() }
    this.#subscribers.add(subscriber)
    return () => {
      this.#subscribers.delete(subscriber)
    }
  }

  /** Something may be claimable in the queue, now or at a time that a sleeper does not know yet. */
  jobs(queue: string): void {
    for (const subscriber of this.#subscribers)
      if (subscriber.queues.has(queue)) this.#mark(subscriber, 'jobs')
  }

  /** Some job finished, or is gone. */
  settled(): void {
    for (const subscriber of this.#subscribers)
      if (subscriber.interest.settled) this.#mark(subscriber, 'settled')
  }

  /** A command waits for the worker. */
  control(workerId: string): void {
    for (const subscriber of this.#subscribers) {
      if (subscriber.interest.workerId === workerId) this.#mark(subscriber, 'control')
    }
  }

  /** A schedule was written or removed. */
  schedules(): void {
    for (const subscriber of this.#subscribers) {
      if (subscriber.interest.schedules === true) this.#mark(subscriber, 'schedules')
    }
  }

  /** Forgets all subscribers, those included that were about to be woken. */
  close(): void {
    this.#subscribers.clear()
  }

  #mark(subscriber: Subscriber, topic: WakeTopic): void {
    if (subscriber.pending.size === 0) setImmediate(() => this.#tell(subscriber))
    subscriber.pending.add(topic)
  }

  #tell(subscriber: Subscriber): void {
    const topics = [...subscriber.pending]
    subscriber.pending.clear()
    for (const topic of topics) if (this.#subscribers.has(subscriber)) subscriber.wake(topic)
  }
}
