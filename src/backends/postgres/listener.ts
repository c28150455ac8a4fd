/**
 * The connection that listens for other processes' notifications: one a process, rebuilt without limit when it breaks.
 * @module
 */
import { backoffMs } from '../../kit/backoff-loop.ts'
import { sleep } from '../../kit/sleep.ts'
import { driverConfig } from './connection.ts'
import { loadDriver, type PgClient } from './driver.ts'
import type { PostgresSettings } from './options.ts'
import { quoted } from './session.ts'

/** How often a silent connection is tried, in ms: a network may drop one without telling. */
const WATCH_MS = 15_000
/** Longest pause between two tries to connect, in ms. */
const LONGEST_PAUSE_MS = 5_000

/** What a listener tells. */
export interface ListenerEvents {
  heard(message: string): void
  /** It listens again, and may have missed something. */
  recovered(): void
}

/** Listens until it is closed. */
export class Listener {
  readonly #settings: PostgresSettings
  readonly #url: string
  readonly #channel: string
  readonly #events: ListenerEvents
  readonly #end = new AbortController()
  readonly #over: Promise<void>
  #attempted: () => void = () => {}
  #listening = false

  /** Resolves once the first try to listen has succeeded or failed. */
  readonly attempted = new Promise<void>((resolve) => {
    this.#attempted = resolve
  })

  constructor(settings: PostgresSettings, url: string, channel: string, events: ListenerEvents) {
    this.#settings = settings
    this.#url = url
    this.#channel = channel
    this.#events = events
    this.#over = this.#run()
  }

  /** False while the connection is down: somebody has to look by themselves. */
  get listening(): boolean {
    return this.#listening
  }

  async close(): Promise<void> {
    this.#end.abort()
    await this.#over
  }

  async #run(): Promise<void> {
    let failures = 0
    for (let first = true; !this.#end.signal.aborted; first = false) {
      try {
        await this.#listen(() => {
          if (!first) this.#events.recovered()
          failures = 0
        })
      } catch {
        // The store is down, or refuses: calls report why. Here it is only tried again, and polled meanwhile.
      }
      this.#listening = false
      this.#attempted()
      failures += 1
      await sleep(backoffMs(failures, { maxMs: LONGEST_PAUSE_MS }), this.#end.signal)
    }
  }

  /** Resolves or rejects when the connection is over. */
  async #listen(connected: () => void): Promise<void> {
    const { Client } = await loadDriver()
    const client = new Client(driverConfig(this.#settings, this.#url))
    const broken = new Promise<void>((resolve) => {
      client.on('error', () => resolve())
      client.on('end', () => resolve())
    })
    try {
      await client.connect()
      client.on('notification', ({ payload }) => this.#events.heard(payload ?? ''))
      await client.query(`LISTEN ${quoted(this.#channel)}`)
      this.#listening = true
      this.#attempted()
      connected()
      await Promise.race([broken, this.#watch(client), aborted(this.#end.signal)])
    } finally {
      // Ending a connection that is gone may never be answered.
      await Promise.race([client.end().catch(() => undefined), sleep(1_000)])
    }
  }

  /** Rejects when the connection does not answer any more. */
  async #watch(client: PgClient): Promise<void> {
    while (!this.#end.signal.aborted) {
      await sleep(WATCH_MS, this.#end.signal)
      if (!this.#end.signal.aborted)
        await client.query({ text: 'SELECT 1', query_timeout: this.#settings.connectTimeoutMs })
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
