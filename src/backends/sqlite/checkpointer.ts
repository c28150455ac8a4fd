/**
 * Checkpoints off the hot path. SQLite makes the writer that fills the `-wal` file move it into the database, which
 * stalls that writer for tens of milliseconds; a thread does it meanwhile. Measured in docs/decisions/0002-sqlite-layout.md.
 * @module
 */
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { SqliteDatabase } from './driver.ts'
import type { SqliteSettings } from './options.ts'

/** Look at the size of the `-wal` file once in so many write transactions. */
const LOOK_EVERY = 32
/** Worth a checkpoint, in bytes. A store that is only used a little never gets there, and never starts the thread. */
const WORTHWHILE_BYTES = 4 * 1024 * 1024
/** Pages after which SQLite checkpoints by itself: its default without the thread, a backstop with it. */
const PAGES_ALONE = 1000
const PAGES_WITH_THREAD = 16_000

/** Watches over one writing connection's `-wal` file. */
export class Checkpointer {
  readonly #settings: SqliteSettings
  readonly #database: SqliteDatabase
  #writes = 0
  #busy = false
  #thread: Worker | undefined
  #available = true

  constructor(settings: SqliteSettings, database: SqliteDatabase) {
    this.#settings = settings
    this.#database = database
    database.exec(`PRAGMA wal_autocheckpoint = ${PAGES_ALONE}`)
  }

  /** Call it after each write transaction. Never throws: what was committed is committed. */
  wrote(): void {
    this.#writes += 1
    if (this.#writes % LOOK_EVERY !== 0 || this.#busy || !this.#available) return
    try {
      this.#checkpoint()
    } catch {
      // Such as a limit on threads. Without the thread everything works as well, only with stalls.
      this.#giveUp()
    }
  }

  #checkpoint(): void {
    const size = statSync(`${this.#settings.file}-wal`, { throwIfNoEntry: false })?.size ?? 0
    if (size < WORTHWHILE_BYTES) return
    this.#thread ??= this.#start()
    if (this.#thread === undefined) return
    this.#busy = true
    this.#thread.postMessage('checkpoint')
  }

  /**
   * Resolves when the thread has closed its connection. Only the last connection to a file that closes moves all of the
   * `-wal` file into it, and that is to be the store's own.
   */
  async close(): Promise<void> {
    this.#available = false
    const thread = this.#thread
    this.#thread = undefined
    if (thread === undefined) return
    const ended = new Promise((resolve) => thread.once('exit', resolve))
    thread.ref()
    thread.postMessage('close')
    await ended
  }

  #start(): Worker | undefined {
    const script = fileURLToPath(new URL('./checkpoint-thread.js', import.meta.url))
    // Not there where the sources are run directly.
    if (!existsSync(script)) {
      this.#available = false
      return undefined
    }
    const { file, binding } = this.#settings
    const thread = new Worker(script, { workerData: { file, binding } })
    thread.on('message', () => {
      this.#busy = false
    })
    thread.on('error', () => this.#giveUp())
    thread.on('exit', () => this.#giveUp())
    // After the listeners, since a listener for messages holds the process open again.
    thread.unref()
    this.#database.exec(`PRAGMA wal_autocheckpoint = ${PAGES_WITH_THREAD}`)
    return thread
  }

  #giveUp(): void {
    if (!this.#available) return
    this.#available = false
    this.#thread = undefined
    this.#database.exec(`PRAGMA wal_autocheckpoint = ${PAGES_ALONE}`)
  }
}
