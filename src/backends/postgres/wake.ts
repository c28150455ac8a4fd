/**
 * Wake-ups: at once within the process, by notification to all others, and by looking while nothing listens.
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { Interest, Unsubscribe, WakeTopic } from '../../contract/index.ts'
import type { PostgresConnection } from './connection.ts'
import type { Floors } from './floors.ts'
import { Listener } from './listener.ts'
import { type News, Notifier } from './notifier.ts'
import { channelOf } from './options.ts'

interface Subscriber {
  readonly interest: Interest
  readonly wake: (topic: WakeTopic) => void
}

/** A notification is only a hint, so that nobody waits for the disk to have it. */
const NOTIFY = "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1::text, $2::text)"

/** Who is to be woken, and the ear for other processes while there is anybody. */
export class WakeBoard {
  readonly #connection: PostgresConnection
  readonly #floors: Floors
  readonly #self = randomUUID()
  readonly #subscribers = new Set<Subscriber>()
  readonly #notifier: Notifier
  readonly #channel: string
  #listener: Listener | undefined
  #poll: NodeJS.Timeout | undefined

  constructor(connection: PostgresConnection, floors: Floors) {
    this.#connection = connection
    this.#floors = floors
    this.#channel = channelOf(connection.settings)
    this.#notifier = new Notifier(this.#self, (message) =>
      connection.inspect((executor) => executor.rows(NOTIFY, [this.#channel, message])),
    )
  }

  /** Listens from the first subscriber on; resolves once it does, or could not and looks by itself. */
  async subscribe(interest: Interest, wake: (topic: WakeTopic) => void): Promise<Unsubscribe> {
    const subscriber = { interest, wake }
    this.#subscribers.add(subscriber)
    this.#listen()
    await this.#listener?.attempted
    return async () => {
      this.#subscribers.delete(subscriber)
      if (this.#subscribers.size === 0) await this.#deafen()
    }
  }

  /** This process stored or freed claimable jobs in these queues. */
  jobs(queues: Iterable<string>): void {
    const changed = new Set(queues)
    this.#wakeJobs(changed)
    this.#notifier.jobs(changed)
  }

  /** Jobs may have become claimable in any queue. */
  anyJobs(): void {
    this.#floors.clear()
    this.#wakeJobs(null)
    this.#notifier.anyJobs()
  }

  /** This process finished jobs. */
  settled(): void {
    this.#wakeSettled()
    this.#notifier.settled()
  }

  /** This process left a command for the worker. */
  control(workerId: string): void {
    this.#wakeControl(new Set([workerId]))
    this.#notifier.control(workerId)
  }

  /** This process wrote or removed schedules. */
  schedules(): void {
    this.#wakeSchedules()
    this.#notifier.schedules()
  }

  /** The user committed a transaction of their own: what it did is not known. */
  committed(): void {
    this.#floors.clear()
    this.#wakeAll()
    this.#notifier.anyJobs()
    this.#notifier.settled()
  }

  async close(): Promise<void> {
    this.#subscribers.clear()
    await Promise.all([this.#deafen(), this.#notifier.close()])
  }

  #listen(): void {
    const { settings } = this.#connection
    if (settings.listenUrl !== null) {
      this.#listener ??= new Listener(settings, settings.listenUrl, this.#channel, {
        heard: (message) => this.#heard(message),
        recovered: () => this.#wakeAll(),
      })
    }
    this.#poll ??= setInterval(() => {
      if (this.#listener?.listening !== true) this.#wakeAll()
    }, settings.pollIntervalMs).unref()
  }

  async #deafen(): Promise<void> {
    clearInterval(this.#poll)
    this.#poll = undefined
    const listener = this.#listener
    this.#listener = undefined
    await listener?.close()
  }

  #heard(message: string): void {
    const news = parseNews(message)
    if (news === null) return this.#wakeAll()
    if (news.from === this.#self) return
    if (news.queues === null || news.queues.length > 0) {
      this.#floors.clear()
      this.#wakeJobs(news.queues === null ? null : new Set(news.queues))
    }
    if (news.settled) this.#wakeSettled()
    if (news.schedules === true) this.#wakeSchedules()
    if (news.workers.length > 0 || news.queues === null) this.#wakeControl(new Set(news.workers))
  }

  #wakeJobs(changed: ReadonlySet<string> | null): void {
    for (const { interest, wake } of [...this.#subscribers]) {
      if (interest.queues?.some((queue) => changed === null || changed.has(queue)) === true) wake('jobs')
    }
  }

  #wakeSettled(): void {
    for (const { interest, wake } of [...this.#subscribers]) if (interest.settled === true) wake('settled')
  }

  #wakeSchedules(): void {
    for (const { interest, wake } of [...this.#subscribers])
      if (interest.schedules === true) wake('schedules')
  }

  #wakeControl(workers: ReadonlySet<string>): void {
    for (const { interest, wake } of [...this.#subscribers]) {
      if (interest.workerId !== undefined && workers.has(interest.workerId)) wake('control')
    }
  }

  #wakeAll(): void {
    for (const { interest, wake } of [...this.#subscribers]) {
      if (interest.queues !== undefined) wake('jobs')
      if (interest.settled === true) wake('settled')
      if (interest.workerId !== undefined) wake('control')
      if (interest.schedules === true) wake('schedules')
    }
  }
}

/** Null where somebody else, such as a newer version, says something we do not understand. */
function parseNews(message: string): News | null {
  try {
    const news = JSON.parse(message) as News
    const known = (news.queues === null || Array.isArray(news.queues)) && Array.isArray(news.workers)
    return known ? news : null
  } catch {
    return null
  }
}
