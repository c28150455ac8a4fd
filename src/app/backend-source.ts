/**
 * The app's one way to its backend.
 * @module
 */
import type { Backend, Clock } from '../contract/index.ts'
import { NotRunningError } from '../contract/index.ts'
import type { BackendSource } from '../engine/client/context.ts'
import { loadBackend } from './load-backend.ts'

/** Loads the backend once, when somebody first asks for it, and closes it at the end. */
export class LazyBackend implements BackendSource {
  readonly #load: () => Promise<Backend>
  readonly #check: (backend: Backend) => void
  /** Read for every job. */
  current: Backend | null = null
  #opening: Promise<Backend> | null = null
  #closed = false

  /**
   * @param wanted a URL, or a backend, which is there at once.
   * @param clock for a backend that is loaded by its URL, in tests.
   * @param check refuses a backend that lacks what the app needs.
   * @throws what `check` throws for a given backend.
   */
  constructor(wanted: string | Backend, clock: Clock | undefined, check: (backend: Backend) => void) {
    this.#check = check
    if (typeof wanted === 'string') {
      this.#load = () => loadBackend(wanted, clock === undefined ? {} : { clock })
      return
    }
    check(wanted)
    this.current = wanted
    this.#load = () => Promise.resolve(wanted)
  }

  open(): Promise<Backend> {
    if (this.#closed)
      return Promise.reject(new NotRunningError('The app is closed: make a new one with millrace().'))
    this.#opening ??= this.#open()
    return this.#opening
  }

  async #open(): Promise<Backend> {
    try {
      const backend = await this.#load()
      this.#check(backend)
      if (!this.#closed) this.current = backend
      return backend
    } catch (error) {
      // The next caller tries again.
      this.#opening = null
      throw error
    }
  }

  /** Closes the backend, where there is one. Later calls to `open` are refused. */
  async close(): Promise<void> {
    const opening = this.#opening
    const backend = this.current ?? (await opening?.catch(() => null)) ?? null
    this.#closed = true
    this.current = null
    await backend?.close()
  }
}
