/**
 * Tells other processes what changed, in one notification for all that happened within a few milliseconds.
 *
 * A transaction that notifies takes a lock of the whole server when it commits. So nobody notifies inside a transaction
 * of ours that stores or settles jobs, and no process notifies more than some hundred times a second. Only where jobs are
 * stored in a transaction that the user will commit does that transaction notify by itself.
 * @module
 */

/** Shortest time between two notifications of a process, in ms. The first one after a pause goes at once. */
const INTERVAL_MS = 10
/** Postgres takes less than 8,000 bytes. */
const MOST_BYTES = 7_000

/** What a notification says. */
export interface News {
  /** Who says it: a process knows its own news already. */
  readonly from: string
  /** Queues in which something may be claimable; null: in any. */
  readonly queues: readonly string[] | null
  readonly settled: boolean
  /** A schedule was written or removed; absent from older versions' news. */
  readonly schedules?: boolean
  /** Workers for which a command waits. */
  readonly workers: readonly string[]
}

/** News as they are sent; without names where those would be too many. */
export function writeNews(news: News): string {
  const message = JSON.stringify(news)
  return Buffer.byteLength(message) <= MOST_BYTES
    ? message
    : JSON.stringify({ ...news, queues: null, workers: [] })
}

/** Collects news and sends them. */
export class Notifier {
  readonly #from: string
  readonly #send: (message: string) => Promise<unknown>
  #queues = new Set<string>()
  #workers = new Set<string>()
  #anyQueue = false
  #settled = false
  #schedules = false
  #timer: NodeJS.Timeout | undefined
  #latest = Number.NEGATIVE_INFINITY
  #sending: Promise<unknown> = Promise.resolve()

  constructor(from: string, send: (message: string) => Promise<unknown>) {
    this.#from = from
    this.#send = send
  }

  jobs(queues: Iterable<string>): void {
    for (const queue of queues) this.#queues.add(queue)
    if (this.#queues.size > 0) this.#soon()
  }

  anyJobs(): void {
    this.#anyQueue = true
    this.#soon()
  }

  settled(): void {
    this.#settled = true
    this.#soon()
  }

  schedules(): void {
    this.#schedules = true
    this.#soon()
  }

  control(workerId: string): void {
    this.#workers.add(workerId)
    this.#soon()
  }

  /** Sends what is still to be told. */
  async close(): Promise<void> {
    if (this.#timer !== undefined) this.#flush()
    await this.#sending
  }

  #soon(): void {
    if (this.#timer !== undefined) return
    const wait = this.#latest + INTERVAL_MS - performance.now()
    // Also the first one goes a moment later, so that what one call changes in several steps goes together.
    this.#timer = setTimeout(() => this.#flush(), Math.max(0, wait))
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#latest = performance.now()
    const message = writeNews({
      from: this.#from,
      queues: this.#anyQueue ? null : [...this.#queues],
      settled: this.#settled,
      schedules: this.#schedules,
      workers: [...this.#workers],
    })
    this.#queues.clear()
    this.#workers.clear()
    this.#anyQueue = false
    this.#settled = false
    this.#schedules = false
    // A wake is only a hint: where it does not arrive, the others find out by looking.
    this.#sending = this.#send(message).catch(() => undefined)
  }
}
