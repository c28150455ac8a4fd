/**
 * Wake-ups: one connection of the process listens to the channels its subscribers care for. What comes in is told once
 * a turn of the event loop, however much it is. A watchdog asks the connection for a sign of life; while it is down,
 * and whenever it comes back, subscribers are woken without knowing for what.
 * @module
 */
import { type Interest, NotRunningError, type Unsubscribe, type WakeTopic } from '../../contract/index.ts'
import { sleep } from '../../kit/sleep.ts'
import type { RedisConnection } from './connection.ts'
import type { RedisClient } from './driver.ts'
import { unavailable } from './errors.ts'
import { ReplyReader } from './reply.ts'

/** How often a connection that is down is made up for, in ms. */
const POLL_MS = 1_000
/** Every so many of these the watchdog asks. */
const ASK_EVERY = 10
/** How long the answer may take, in ms. */
const ANSWER_MS = 5_000

interface Subscriber {
  readonly interest: Interest
  readonly wake: (topic: WakeTopic) => void
}

/** What has come in since subscribers were last told. */
interface Heard {
  readonly queues: Set<string>
  readonly workers: Set<string>
  settled: boolean
  schedules: boolean
}

/** Who is to be woken, and the connection while there is anybody. */
export class WakeBoard {
  readonly #connection: RedisConnection
  readonly #channels: Readonly<Record<WakeTopic, string>>
  readonly #subscribers = new Set<Subscriber>()
  #client: Promise<RedisClient> | undefined
  #watch: NodeJS.Timeout | undefined
  #heard: Heard | undefined
  #closed = false

  constructor(connection: RedisConnection) {
    this.#connection = connection
    const channel = (topic: WakeTopic): string => connection.scripts.key(`${topic}_bell`)
    this.#channels = {
      jobs: channel('jobs'),
      settled: channel('settled'),
      control: channel('control'),
      schedules: channel('schedules'),
    }
  }

  async subscribe(interest: Interest, wake: (topic: WakeTopic) => void): Promise<Unsubscribe> {
    if (this.#closed) throw new NotRunningError('The store is closed. Open another one.')
    const subscriber = { interest, wake }
    this.#subscribers.add(subscriber)
    const stop = async (): Promise<void> => {
      this.#subscribers.delete(subscriber)
      if (this.#subscribers.size === 0) await this.#hangUp()
    }
    try {
      this.#client ??= this.#listen()
      const client = await this.#client
      await this.#bounded(client.subscribe(...this.#channelsOf(interest)))
    } catch (error) {
      await stop()
      throw error
    }
    return stop
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#subscribers.clear()
    await this.#hangUp()
  }

  #channelsOf({ queues, settled, workerId, schedules }: Interest): string[] {
    const { jobs, settled: ends, control, schedules: changes } = this.#channels
    const wanted = [
      queues === undefined ? [] : [jobs],
      settled === true ? [ends] : [],
      schedules === true ? [changes] : [],
    ]
    const all = [...wanted.flat(), ...(workerId === undefined ? [] : [control])]
    // Redis wants at least one.
    return all.length === 0 ? [control] : all
  }

  async #listen(): Promise<RedisClient> {
    const client = await this.#connection.another()
    client.on('error', () => {
      // It reconnects by itself; meanwhile the watchdog wakes everybody.
    })
    client.on('ready', () => this.#wakeAll())
    client.on('messageBuffer', (channel, message) => this.#hear(channel.toString(), message))
    client.connect().catch(() => undefined)
    let ticks = 0
    let unanswered = 0
    this.#watch = setInterval(() => {
      ticks += 1
      // Somebody has taken the connection and says nothing.
      unanswered = client.status === 'connect' ? unanswered + 1 : 0
      if (unanswered * POLL_MS >= ANSWER_MS) client.disconnect(true)
      if (client.status !== 'ready') this.#wakeAll()
      else if (ticks % ASK_EVERY === 0) void this.#ask(client)
    }, POLL_MS)
    this.#watch.unref()
    return client
  }

  /** A connection can be dead without anybody being told: then it is made anew. */
  async #ask(client: RedisClient): Promise<void> {
    const answered = client.call('PING').then(
      () => true,
      () => true, // It was cut, which the client notices by itself.
    )
    if (await Promise.race([answered, sleep(ANSWER_MS).then(() => false)])) return
    client.disconnect(true)
    this.#wakeAll()
  }

  async #bounded(subscribed: Promise<unknown>): Promise<void> {
    const { commandTimeoutMs, location } = this.#connection.settings
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(unavailable(location, `did not answer within ${commandTimeoutMs} ms.`)),
        commandTimeoutMs,
      )
    })
    // Should it fail later, nobody waits for it any more.
    subscribed.catch(() => undefined)
    try {
      await Promise.race([subscribed, late])
    } catch (error) {
      throw error instanceof Error ? error : new Error(String(error))
    } finally {
      clearTimeout(timer)
    }
  }

  #hear(channel: string, message: Buffer): void {
    if (this.#heard === undefined) {
      this.#heard = { queues: new Set(), workers: new Set(), settled: false, schedules: false }
      setImmediate(() => this.#tell())
    }
    const { jobs, settled, schedules } = this.#channels
    if (channel === settled) this.#heard.settled = true
    else if (channel === schedules) this.#heard.schedules = true
    else if (channel === jobs) {
      for (const reader = new ReplyReader(message); !reader.ended; ) this.#heard.queues.add(reader.short())
    } else this.#heard.workers.add(message.toString())
  }

  #tell(): void {
    const heard = this.#heard
    this.#heard = undefined
    if (heard === undefined) return
    for (const { interest, wake } of [...this.#subscribers]) {
      if (interest.queues?.some((queue) => heard.queues.has(queue)) === true) wake('jobs')
      if (interest.settled === true && heard.settled) wake('settled')
      if (interest.schedules === true && heard.schedules) wake('schedules')
      if (interest.workerId !== undefined && heard.workers.has(interest.workerId)) wake('control')
    }
  }

  /** Something may have been missed: what, is not known. */
  #wakeAll(): void {
    for (const { interest, wake } of [...this.#subscribers]) {
      if (interest.queues !== undefined) wake('jobs')
      if (interest.settled === true) wake('settled')
      if (interest.workerId !== undefined) wake('control')
      if (interest.schedules === true) wake('schedules')
    }
  }

  async #hangUp(): Promise<void> {
    clearInterval(this.#watch)
    const client = this.#client
    this.#client = undefined
    if (client !== undefined) (await client).disconnect()
  }
}
