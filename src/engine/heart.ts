/**
 * A heart on the worker's own thread, for stores that no other thread can open.
 * @module
 */
import type { Heart, HeartFactory, HeartOptions } from './ports.ts'

/** After a failed beat the next one comes this much sooner than usual. */
const HURRY = 4

/** Makes a heart that beats by a timer of this thread: a handler that blocks the event loop holds it up. */
export const timerHeart: HeartFactory = (options) => new TimerHeart(options)

/** The life of {@link timerHeart}. */
export class TimerHeart implements Heart {
  readonly #options: HeartOptions
  #timer: NodeJS.Timeout | undefined
  #beating: Promise<void> | null = null
  #stopped = false
  #failing = false

  constructor(options: HeartOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    await this.beat()
    this.#schedule(this.#options.everyMs)
  }

  /** Takes over from a heart that failed: beats now, and goes on whatever becomes of this beat. */
  keepBeating(): void {
    // So that the first beat that succeeds tells of the recovery.
    this.#failing = true
    void this.#tick()
  }

  beat(): Promise<void> {
    this.#beating ??= this.#beat().finally(() => {
      this.#beating = null
    })
    return this.#beating
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    // A beat that arrives after the worker was retired would bring it back to life.
    await this.#beating?.catch(() => undefined)
  }

  async #beat(): Promise<void> {
    const { backend, describe, leaseMs, onLeaseLost, onRecovered } = this.#options
    const kept = await backend.heartbeat(describe(), leaseMs)
    if (this.#failing) onRecovered()
    this.#failing = false
    if (!kept) onLeaseLost()
  }

  #schedule(ms: number): void {
    if (this.#stopped) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#tick(), ms)
    this.#timer.unref()
  }

  async #tick(): Promise<void> {
    const { everyMs, onError } = this.#options
    try {
      await this.beat()
      this.#schedule(everyMs)
    } catch (error) {
      this.#failing = true
      const hurriedMs = Math.ceil(everyMs / HURRY)
      onError(error instanceof Error ? error : new Error(String(error)), hurriedMs)
      this.#schedule(hurriedMs)
    }
  }
}
