/**
 * The store's connection: opened on first use, patient for a bounded time, and never given up. A call that was cut off
 * is not repeated here, since nobody knows whether it was carried out: that is for those who know how to repeat it.
 * @module
 */
import { isMainThread } from 'node:worker_threads'
import { BackendError, NotRunningError } from '../../contract/index.ts'
import { backoffMs } from '../../kit/backoff-loop.ts'
import { sleep } from '../../kit/sleep.ts'
import { type Argument, loadDriver, type RedisClient } from './driver.ts'
import { isUnknownScript, translate, unavailable, wasNotSent } from './errors.ts'
import { warnOfEviction } from './eviction.ts'
import type { RedisSettings } from './options.ts'
import { ReplyReader } from './reply.ts'
import { RequestWriter } from './request.ts'
import { type ScriptName, Scripts } from './scripts.ts'

/** Version of what stands in the store. */
export const WANTED_SCHEMA = 1

const LONGEST_PAUSE_MS = 2_000
/** How often a call looks whether the connection is back, in ms. */
const STEP_MS = 5
/** How long one try to connect may take, in ms; the next one follows. */
const CONNECT_TIMEOUT_MS = 10_000

/** The store's own connection. */
export class RedisConnection {
  readonly settings: RedisSettings
  readonly scripts: Scripts
  #client: RedisClient | undefined
  #opening: Promise<RedisClient> | undefined
  #checked: Promise<void> | undefined
  #closed = false
  #lastError: Error | undefined

  constructor(settings: RedisSettings) {
    this.settings = settings
    this.scripts = new Scripts(settings.namespace)
  }

  /** Runs a script on a store that is known to have the wanted schema. */
  async run(name: ScriptName, request: RequestWriter = new RequestWriter()): Promise<unknown> {
    const client = this.#checked === undefined ? undefined : this.#readyClient()
    if (client === undefined) {
      await this.#open()
      await this.#checkSchema()
    }
    return this.#send(name, request.done())
  }

  /** As {@link run}, for a script that answers packed bytes. */
  async ask(name: ScriptName, request?: RequestWriter): Promise<ReplyReader> {
    return new ReplyReader((await this.run(name, request)) as Buffer)
  }

  /** Sends a plain command, whatever schema the store has; texts come as text. */
  async command(command: string, ...args: Argument[]): Promise<unknown> {
    return this.#attempt((client) => client.call(command, ...args))
  }

  /** Notes the schema's version where there is none; answers the versions applied. */
  async migrate(): Promise<readonly number[]> {
    await this.#open()
    const found = await this.#migrate()
    this.#checked = Promise.resolve()
    return found === 0 ? [WANTED_SCHEMA] : []
  }

  /** Another connection to the same server, for a subscriber. */
  async another(): Promise<RedisClient> {
    this.#assertOpen()
    const { connection } = this.settings
    if (connection !== null) {
      const options = { lazyConnect: true, ...(connection.isCluster ? {} : { maxRetriesPerRequest: null }) }
      const args = connection.isCluster ? [[], options] : [options]
      return Reflect.apply(connection.duplicate, connection, args) as RedisClient
    }
    return this.#make({ enableOfflineQueue: true, maxRetriesPerRequest: null })
  }

  /** Now, where a test says so, else 0: the server's own clock. */
  get now(): number {
    return this.settings.clock === null ? 0 : this.settings.clock.now()
  }

  close(): void {
    this.#closed = true
    if (this.settings.connection === null) this.#client?.disconnect()
    this.#client = undefined
  }

  async #send(name: ScriptName, request: Buffer): Promise<unknown> {
    const { sha, code, keys } = this.scripts.get(name)
    const now = String(this.now)
    try {
      return await this.#attempt((client) =>
        client.callBuffer('EVALSHA', sha, keys.length, ...keys, now, request),
      )
    } catch (error) {
      if (!isUnknownScript(error)) throw error
    }
    // The server was restarted, or its scripts were flushed. Nothing has happened yet, so that it can be said again.
    return this.#attempt((client) => client.callBuffer('EVAL', code, keys.length, ...keys, now, request))
  }

  /** Sends a command. A connection that was just closing has sent nothing: then the next one is waited for. */
  async #attempt<T>(send: (client: RedisClient) => Promise<T>): Promise<T> {
    const until = performance.now() + this.settings.commandTimeoutMs
    for (;;) {
      const client = this.#readyClient() ?? (await this.#open())
      try {
        return await this.#bounded(client, send(client))
      } catch (error) {
        if (!wasNotSent(error) || performance.now() >= until) throw error
      }
      await sleep(STEP_MS)
    }
  }

  /** Waits no longer than a command may take, and gives up a connection on which nothing comes back. */
  async #bounded<T>(client: RedisClient, reply: Promise<T>): Promise<T> {
    const { commandTimeoutMs, location } = this.settings
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(unavailable(location, `did not answer within ${commandTimeoutMs} ms.`))
        this.#abandon(client)
      }, commandTimeoutMs)
    })
    try {
      return await Promise.race([reply, late])
    } catch (error) {
      throw translate(error, location)
    } finally {
      clearTimeout(timer)
    }
  }

  /** What else waits on it would wait as long again, so that the next call opens another connection. */
  #abandon(client: RedisClient): void {
    if (this.settings.connection !== null) return
    if (this.#client === client) this.#client = undefined
    client.disconnect()
  }

  #readyClient(): RedisClient | undefined {
    this.#assertOpen()
    return this.#client?.status === 'ready' ? this.#client : undefined
  }

  async #open(): Promise<RedisClient> {
    this.#assertOpen()
    if (this.#client === undefined) {
      this.#opening ??= this.#make({ enableOfflineQueue: false, maxRetriesPerRequest: 0 })
      try {
        const client = await this.#opening
        this.#assertOpen()
        this.#client = client
      } finally {
        this.#opening = undefined
      }
    }
    const client = this.#client
    if (client === undefined) return this.#open()
    await this.#ready(client)
    return client
  }

  async #make(options: Readonly<Record<string, unknown>>): Promise<RedisClient> {
    const { url, connection } = this.settings
    if (connection !== null) return connection
    if (url === null) throw new TypeError('Neither a URL nor a connection')
    const Redis = await loadDriver()
    const client = new Redis(url, {
      ...options,
      lazyConnect: true,
      protocol: 2,
      autoResendUnfulfilledCommands: false,
      connectTimeout: CONNECT_TIMEOUT_MS,
      keepAlive: 30_000,
      retryStrategy: (tries: number) => backoffMs(tries, { baseMs: 20, maxMs: LONGEST_PAUSE_MS }),
      // After a failover the address leads to another server.
      reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    })
    client.on('error', (error) => {
      this.#lastError = error
    })
    client.on('ready', () => {
      this.#lastError = undefined
    })
    return client
  }

  /** Waits until the client is connected, or as long as a command may take. */
  async #ready(client: RedisClient): Promise<void> {
    if (client.status === 'ready') return
    // Its failure is told by `error`; the client goes on trying.
    if (client.status === 'wait') client.connect().catch(() => undefined)
    const { commandTimeoutMs, location } = this.settings
    const until = performance.now() + commandTimeoutMs
    while (client.status !== 'ready') {
      this.#assertOpen()
      this.#assertAdmitted()
      const left = until - performance.now()
      if (left <= 0) {
        // Whoever took the connection does not answer, and nobody would ever be told: the next call opens another.
        if (client.status === 'connect') this.#abandon(client)
        if (this.#lastError !== undefined) throw translate(this.#lastError, location)
        throw unavailable(location, `cannot be reached: no connection within ${commandTimeoutMs} ms.`)
      }
      await sleep(Math.min(left, STEP_MS))
    }
  }

  async #checkSchema(): Promise<void> {
    this.#checked ??= this.#migrate().then(() => this.#warn())
    try {
      await this.#checked
    } catch (error) {
      this.#checked = undefined
      throw error
    }
  }

  /** Once a process: a worker's heartbeat thread has the same server. */
  async #warn(): Promise<void> {
    const client = this.#client
    if (isMainThread && client !== undefined) await warnOfEviction(client, this.settings.location)
  }

  async #migrate(): Promise<number> {
    const reply = await this.#send('migrate', new RequestWriter().u16(WANTED_SCHEMA).done())
    const found = new ReplyReader(reply as Buffer).u16()
    if (found > WANTED_SCHEMA) {
      const { namespace, location } = this.settings
      throw new BackendError(
        'store-too-new',
        `Namespace ${namespace} at ${location} has schema version ${found}, written by a newer Millrace; this one knows ${WANTED_SCHEMA}. Install the newer version here too.`,
      )
    }
    return found
  }

  /** Waiting helps nobody whom the server does not know. */
  #assertAdmitted(): void {
    if (this.#lastError === undefined) return
    const error = translate(this.#lastError, this.settings.location)
    if (error instanceof BackendError && !error.retriable) throw error
  }

  #assertOpen(): void {
    if (!this.#closed) return
    throw new NotRunningError(`The store ${this.settings.location} is closed. Open another one.`)
  }
}
