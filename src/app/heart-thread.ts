/**
 * A heart on a thread of its own, with a connection of its own: a handler that blocks the event loop of the
 * worker's thread loses no lease.
 * @module
 */
import { Worker as Thread } from 'node:worker_threads'
import { TimerHeart, timerHeart } from '../engine/heart.ts'
import type { Heart, HeartFactory, HeartOptions } from '../engine/ports.ts'
import { backoffMs } from '../kit/backoff-loop.ts'
import { sleep } from '../kit/sleep.ts'
import {
  type FromHeartThread,
  HEART_CELL,
  HEART_CELLS,
  type HeartThreadData,
  type ToHeartThread,
} from './heart-protocol.ts'

/** A thread that was asked to end has this long, in ms. */
const END_MS = 2_000

/** A thread that lived for this long has not died of its start. */
const HEALTHY_MS = 60_000

/**
 * Makes a heart that beats on its own thread, as soon as that has opened the store by its URL. Until then, and
 * whenever the thread has died, a timer of the worker's thread beats instead; so it does altogether where the
 * store has no URL or the project runs from its sources, where the thread's file has not been built.
 */
export const threadHeart: HeartFactory = (options) => {
  const { url } = options.backend
  return url === null || import.meta.url.endsWith('.ts') ? timerHeart(options) : new ThreadHeart(options, url)
}

/** The life of {@link threadHeart}. */
class ThreadHeart implements Heart {
  readonly #options: HeartOptions
  readonly #url: string
  readonly #cells = new Int32Array(new SharedArrayBuffer(HEART_CELLS * Int32Array.BYTES_PER_ELEMENT))
  /** Beats while the thread does not. */
  #substitute: TimerHeart | null = null
  #thread: Thread | null = null
  #sharing: NodeJS.Timeout | undefined
  #respawning: NodeJS.Timeout | undefined
  #deaths = 0
  #bornAt = 0
  #stopped = false

  constructor(options: HeartOptions, url: string) {
    this.#options = options
    this.#url = url
  }

  async start(): Promise<void> {
    const substitute = this.#substitute ?? new TimerHeart(this.#options)
    await substitute.start()
    this.#substitute = substitute
    if (this.#stopped) return
    this.#share()
    // Unlike a message for each beat, this costs the thread nothing while this one is blocked.
    this.#sharing = setInterval(() => this.#share(), Math.max(1, Math.floor(this.#options.everyMs / 2)))
    this.#sharing.unref()
    this.#spawn()
  }

  async beat(): Promise<void> {
    // Whoever asks for a beat is on this thread, which is therefore not blocked.
    const { backend, describe, leaseMs, onLeaseLost } = this.#options
    if (!(await backend.heartbeat(describe(), leaseMs))) onLeaseLost()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#sharing)
    clearTimeout(this.#respawning)
    const thread = this.#thread
    this.#thread = null
    await Promise.all([this.#substitute?.stop(), this.#end(thread)])
  }

  #share(): void {
    const { busy, quiet } = this.#options.describe()
    this.#cells[HEART_CELL.busy] = busy
    this.#cells[HEART_CELL.quiet] = quiet ? 1 : 0
  }

  #spawn(): void {
    const { leaseMs, everyMs, describe } = this.#options
    const workerData: HeartThreadData = {
      url: this.#url,
      cells: this.#cells,
      info: describe(),
      leaseMs,
      everyMs,
    }
    this.#bornAt = performance.now()
    const thread = new Thread(new URL('./heartbeat-thread.js', import.meta.url), {
      workerData,
      name: 'millrace-heartbeat',
      // What the user gave to this process, such as a loader, is not for this thread.
      execArgv: [],
    })
    this.#thread = thread
    let cause: Error | null = null
    thread.on('message', (message: FromHeartThread) => this.#receive(message))
    thread.on('error', (error) => {
      cause = error
    })
    thread.on('exit', (code) =>
      this.#died(thread, cause ?? new Error(`The heartbeat thread ended with code ${code}.`)),
    )
    // Last: listening to its messages makes it keep the process alive again.
    thread.unref()
  }

  #receive(message: FromHeartThread): void {
    if (this.#stopped) return
    switch (message.type) {
      case 'ready':
        void this.#handOver()
        return
      case 'lease-lost':
        return this.#options.onLeaseLost()
      case 'failed':
        return this.#options.onError(revive(message), message.retryInMs)
      case 'recovered':
        return this.#options.onRecovered()
    }
  }

  /** The thread beats: the timer need not any more. */
  async #handOver(): Promise<void> {
    const substitute = this.#substitute
    this.#substitute = null
    await substitute?.stop()
  }

  #died(thread: Thread, error: Error): void {
    if (this.#thread !== thread) return
    this.#thread = null
    this.#deaths = performance.now() - this.#bornAt > HEALTHY_MS ? 1 : this.#deaths + 1
    const retryInMs = backoffMs(this.#deaths)
    this.#options.onError(error, retryInMs)
    this.#substituteNow()
    this.#respawning = setTimeout(() => this.#spawn(), retryInMs)
    this.#respawning.unref()
  }

  #substituteNow(): void {
    this.#substitute ??= new TimerHeart(this.#options)
    this.#substitute.keepBeating()
  }

  async #end(thread: Thread | null): Promise<void> {
    if (thread === null) return
    const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()))
    const stop: ToHeartThread = { type: 'stop' }
    thread.postMessage(stop)
    const given = new AbortController()
    await Promise.race([ended, sleep(END_MS, given.signal)])
    given.abort()
    await thread.terminate()
  }
}

function revive({ name, message, code }: Extract<FromHeartThread, { type: 'failed' }>): Error {
  const error = new Error(message)
  error.name = name
  return code === null ? error : Object.assign(error, { code })
}
