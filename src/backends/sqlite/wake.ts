/**
 * Wake-ups: at once within the process, and through the file for all others.
 * @module
 */
import type { Interest, Unsubscribe, WakeTopic } from '../../contract/index.ts'
import { FileWatch } from './file-watch.ts'
import type { SqliteSettings } from './options.ts'

interface Subscriber {
  readonly interest: Interest
  readonly wake: (topic: WakeTopic) => void
}

/** Who is to be woken, and the watch on the file while there is anybody. */
export class WakeBoard {
  readonly #settings: SqliteSettings
  readonly #subscribers = new Set<Subscriber>()
  #watch: FileWatch | undefined

  constructor(settings: SqliteSettings) {
    this.#settings = settings
  }

  subscribe(interest: Interest, wake: (topic: WakeTopic) => void): Unsubscribe {
    const subscriber = { interest, wake }
    this.#subscribers.add(subscriber)
    this.#watch ??= new FileWatch(this.#settings, () => this.anything())
    return () => {
      this.#subscribers.delete(subscriber)
      if (this.#subscribers.size === 0) this.close()
    }
  }

  /** This process stored or freed claimable jobs in these queues. */
  jobs(queues: Iterable<string>): void {
    if (this.#subscribers.size === 0) return
    const changed = new Set(queues)
    for (const { interest, wake } of this.#subscribers) {
      if (interest.queues?.some((queue) => changed.has(queue)) === true) wake('jobs')
    }
  }

  /** This process finished jobs. */
  settled(): void {
    for (const { interest, wake } of this.#subscribers) if (interest.settled === true) wake('settled')
  }

  /** This process left a command for the worker. */
  control(workerId: string): void {
    for (const { interest, wake } of this.#subscribers) if (interest.workerId === workerId) wake('control')
  }

  /** This process wrote or removed schedules. */
  schedules(): void {
    for (const { interest, wake } of this.#subscribers) if (interest.schedules === true) wake('schedules')
  }

  /** Something was committed, and what it was is not known. */
  anything(): void {
    for (const { interest, wake } of [...this.#subscribers]) {
      if (interest.queues !== undefined) wake('jobs')
      if (interest.settled === true) wake('settled')
      if (interest.workerId !== undefined) wake('control')
      if (interest.schedules === true) wake('schedules')
    }
  }

  close(): void {
    this.#watch?.close()
    this.#watch = undefined
  }
}
