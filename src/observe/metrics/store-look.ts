/**
 * One look at the store, shared by all metrics of a page and by all who ask within a moment.
 * @module
 */
import type { Backend, Millrace, QueueCount, QueueMetrics, WorkerRecord } from '../../contract/index.ts'

/** The store at one moment; null for what this store does not tell. */
export interface StoreLook {
  /** The store's clock, ms since 1970. */
  readonly now: number
  readonly counts: readonly QueueCount[] | null
  readonly queues: readonly QueueMetrics[] | null
  readonly paused: readonly string[] | null
  readonly workers: readonly WorkerRecord[] | null
}

/** Several Prometheus servers that ask at once cost the store one look. */
const SHARED_MS = 1_000
/** A store that hangs must not take the figures of this process along. */
const PATIENCE_MS = 5_000

/** Looks at the store when somebody asks. */
export class StoreLooks {
  readonly #app: Pick<Millrace, 'ready'>
  #look: Promise<StoreLook | null> = Promise.resolve(null)
  #askedAt = Number.NEGATIVE_INFINITY
  /** One that hangs is waited for again, instead of one more being sent after it. */
  #running: Promise<StoreLook | null> | null = null
  /** The store's clock minus this one's. */
  #skewMs: number | null = null

  constructor(app: Pick<Millrace, 'ready'>) {
    this.#app = app
  }

  /** A look no older than a second; null where the store does not answer. */
  look(): Promise<StoreLook | null> {
    if (performance.now() - this.#askedAt < SHARED_MS) return this.#look
    this.#askedAt = performance.now()
    this.#running ??= this.#read()
      // That it failed is a figure of its own; why, the events of the workers tell.
      .catch(() => null)
      .finally(() => {
        this.#running = null
      })
    this.#look = atMost(this.#running, PATIENCE_MS)
    return this.#look
  }

  async #read(): Promise<StoreLook> {
    const backend: Backend = await this.#app.ready()
    this.#skewMs ??= (await backend.info()).now - Date.now()
    const [counts = null, queues = null, paused = null, workers = null] = await Promise.all([
      backend.records?.counts(),
      backend.metrics?.queues(),
      backend.limits?.paused(),
      backend.control?.workers(),
    ])
    return { now: Date.now() + this.#skewMs, counts, queues, paused, workers }
  }
}

async function atMost<T>(work: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
