/**
 * Looks at the store for everybody: fifty open pages cost it no more than one.
 * @module
 */
import type { DashboardApp } from '../options.ts'
import { History } from './history.ts'
import { type Sample, takeSample } from './sample.ts'

/** Nobody watches: the charts go on for a while, at a slower pace. */
const IDLE_EVERY_MS = 15_000
const IDLE_FOR_MS = 60 * 60_000

/** What pages get: the latest look, and the trouble where it is an old one. */
export interface Look {
  readonly sample: Sample
  /** Why the store could not be looked at since; null where it could. */
  readonly trouble: Error | null
}

/** Takes samples while somebody wants them. Starts with the first request, and holds no process open. */
export class Sampler {
  readonly history = new History()
  readonly #app: DashboardApp
  readonly #everyMs: number
  readonly #watchers = new Set<(look: Look) => void>()
  #latest: Look | null = null
  #running: Promise<Look> | null = null
  #timer: NodeJS.Timeout | null = null
  #takenAt = 0
  #wantedAt = 0
  /** The store's clock minus this one's. */
  #skewMs: number | null = null

  constructor(app: DashboardApp, everyMs: number) {
    this.#app = app
    this.#everyMs = everyMs
  }

  /** The store's clock. */
  now(): number {
    return Date.now() + (this.#skewMs ?? 0)
  }

  /**
   * A look no older than one interval.
   * @throws BackendError where the store cannot be reached and never could.
   */
  async look(): Promise<Look> {
    this.#wantedAt = performance.now()
    if (this.#latest !== null && performance.now() - this.#takenAt < this.#everyMs) return this.#latest
    return this.#take()
  }

  /** Something was changed by hand: the next look must see it. */
  expire(): void {
    this.#takenAt = Number.NEGATIVE_INFINITY
  }

  /** Calls the watcher with each look; the answer stops that. */
  watch(watcher: (look: Look) => void): () => void {
    this.#watchers.add(watcher)
    this.#schedule(this.#everyMs)
    return () => this.#watchers.delete(watcher)
  }

  #take(): Promise<Look> {
    this.#running ??= this.#sample().finally(() => {
      this.#running = null
      const watched = this.#watchers.size > 0
      if (watched || performance.now() - this.#wantedAt < IDLE_FOR_MS) {
        this.#schedule(watched ? this.#everyMs : IDLE_EVERY_MS)
      }
    })
    return this.#running
  }

  async #sample(): Promise<Look> {
    try {
      this.#skewMs ??= (await this.#app.info()).now - Date.now()
      const sample = await takeSample(this.#app, () => this.now())
      this.history.add(sample)
      this.#latest = { sample, trouble: null }
    } catch (error) {
      if (this.#latest === null) throw error
      const trouble = error instanceof Error ? error : new Error(String(error))
      this.#latest = { sample: this.#latest.sample, trouble }
    }
    this.#takenAt = performance.now()
    for (const watcher of this.#watchers) watcher(this.#latest)
    return this.#latest
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#timer = null
      // Only a first look can fail, and whoever asked for it was told.
      this.#take().catch(() => undefined)
    }, delayMs)
    this.#timer.unref()
  }
}
