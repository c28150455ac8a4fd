/**
 * The life of everything that runs: started once, stopped once, however often it is asked.
 * @module
 */
import { NotRunningError } from '../contract/index.ts'

/** Where in its life something is. A failed start leads back to `idle`; `stopped` is the end. */
export type LifeState = 'idle' | 'starting' | 'running' | 'stopping' | 'stopped'

/**
 * Makes `start` and `stop` idempotent and joined: calls made while one is under way get its promise.
 *
 * @example
 * start(): Promise<void> { return this.#life.start((signal) => this.#open(signal)) }
 * stop(): Promise<void> { return this.#life.stop(() => this.#close()) }
 */
export class Life {
  readonly #what: string
  #state: LifeState = 'idle'
  #started: Promise<void> | null = null
  #stopped: Promise<void> | null = null
  #stopWanted = new AbortController()

  /** @param what names it in errors. Default `This service`. */
  constructor(what = 'This service') {
    this.#what = what
  }

  /** `stopping` as soon as a stop was asked for, also while the start still runs. */
  get state(): LifeState {
    return this.#state
  }

  /**
   * Runs `fn` unless that has happened. Where `fn` fails, the caller gets its error and may start again.
   *
   * @param fn gets a signal that aborts when a stop is asked for meanwhile: a start that waits for something
   * has to give up then, since the stop waits for it. It leaves nothing open where it throws.
   * @throws NotRunningError after a stop.
   */
  start(fn: (signal: AbortSignal) => void | Promise<void>): Promise<void> {
    if (this.#stopped !== null) {
      return Promise.reject(
        new NotRunningError(`${this.#what} was stopped and cannot start again; make a new one.`),
      )
    }
    this.#started ??= this.#run(fn)
    return this.#started
  }

  async #run(fn: (signal: AbortSignal) => void | Promise<void>): Promise<void> {
    this.#state = 'starting'
    // One turn later, so that a call to start() from within `fn` finds the promise to join.
    await null
    try {
      await fn(this.#stopWanted.signal)
      if (this.#stopped === null) this.#state = 'running'
    } catch (error) {
      if (this.#stopped === null) this.#state = 'idle'
      this.#started = null
      throw error
    }
  }

  /**
   * Runs `fn` once what was started has started. Before a start it does nothing, and a later start works.
   * Where `fn` fails, it counts as stopped all the same, and every caller gets the error.
   */
  stop(fn: () => void | Promise<void>): Promise<void> {
    const started = this.#started
    if (this.#stopped !== null) return this.#stopped
    if (started === null) return Promise.resolve()
    this.#state = 'stopping'
    this.#stopped = this.#end(started, fn)
    this.#stopWanted.abort()
    return this.#stopped
  }

  async #end(started: Promise<void>, fn: () => void | Promise<void>): Promise<void> {
    try {
      // Where the start fails, its own caller gets the error, and there is nothing to stop.
      const running = await started.then(
        () => true,
        () => false,
      )
      if (running) await fn()
    } finally {
      this.#state = 'stopped'
    }
  }
}
