/**
 * The store's connection: opened on first use, one transaction a call, patient with a locked file.
 * @module
 */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { BackendError, NotRunningError } from '../../contract/index.ts'
import { loadBinding } from './binding.ts'
import { Checkpointer } from './checkpointer.ts'
import type { SqliteDatabase } from './driver.ts'
import { inodeOf } from './file-watch.ts'
import { applyMigrations, checkSchema, WANTED_SCHEMA } from './migrate.ts'
import type { SqliteSettings } from './options.ts'
import { BUSY_BLOCKING_MS, patiently } from './patience.ts'
import { SqliteSession } from './session.ts'

/**
 * How a commit is stored. `durable`: as configured. `relaxed`: not waiting for the disk; for claims and
 * settles, which a power cut may take back, since the jobs are then run again.
 */
export type Durability = 'durable' | 'relaxed'

/** How often writes that need not last make sure that the file is still the same, in ms. */
const INODE_EVERY_MS = 500

/** The store's own connection. */
export class SqliteConnection {
  readonly settings: SqliteSettings
  #session: SqliteSession | undefined
  #checkpointer: Checkpointer | undefined
  #closed = false
  #synchronous = ''
  /** Which file is open. */
  #inode = -1
  #inodeSeenAt = 0

  constructor(settings: SqliteSettings) {
    this.settings = settings
  }

  /** Reads; the answers belong together only within one statement. */
  async read<T>(work: (session: SqliteSession) => T): Promise<T> {
    return patiently(this.settings, () => work(this.#open()))
  }

  /** Reads in one transaction: all answers are of one moment. */
  async readTogether<T>(work: (session: SqliteSession) => T): Promise<T> {
    return patiently(this.settings, () => {
      const session = this.#open()
      return this.#inTransaction(session, () => work(session), 'BEGIN')
    })
  }

  /**
   * Looks at the database as it is: it is neither made nor migrated. A file that is not there reads as an
   * empty database.
   */
  async inspect<T>(look: (database: SqliteDatabase) => T): Promise<T> {
    return patiently(this.settings, () => {
      if (this.#session !== undefined) return look(this.#session.database)
      this.#checkUsable()
      const { file, binding } = this.settings
      const database = loadBinding(binding).open(existsSync(file) ? file : ':memory:')
      try {
        database.exec(`PRAGMA busy_timeout = ${BUSY_BLOCKING_MS}`)
        return look(database)
      } finally {
        database.close()
      }
    })
  }

  /** Runs `work` in one write transaction. */
  async write<T>(work: (session: SqliteSession) => T, durability: Durability = 'durable'): Promise<T> {
    return patiently(this.settings, () => this.#transact(work, durability))
  }

  /** Applies missing migrations; answers their versions. */
  async migrate(): Promise<readonly number[]> {
    return patiently(this.settings, () => {
      const session = this.#session ?? this.#connect()
      return this.#inTransaction(session, () =>
        applyMigrations(session.database, this.settings.file, session.now()),
      )
    })
  }

  /** Every call from now on is refused; resolves when the file is closed. */
  async close(): Promise<void> {
    this.#closed = true
    const session = this.#session
    this.#session = undefined
    await this.#checkpointer?.close()
    if (session === undefined) return
    // Not every binding lets go of the file at once, and what is still in the `-wal` file would be missed by whoever
    // copies the database then. Where others still use it, this does as much as it can without waiting.
    try {
      session.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    } finally {
      session.database.close()
    }
  }

  #open(): SqliteSession {
    if (this.#session !== undefined) return this.#session
    const session = this.#connect()
    try {
      if (checkSchema(session.database, this.settings.file) < WANTED_SCHEMA) {
        this.#inTransaction(session, () =>
          applyMigrations(session.database, this.settings.file, session.now()),
        )
      }
    } catch (error) {
      session.database.close()
      throw error
    }
    this.#session = session
    this.#checkpointer = new Checkpointer(this.settings, session.database)
    return session
  }

  #connect(): SqliteSession {
    this.#checkUsable()
    const { file, clock } = this.settings
    const database = loadBinding(this.settings.binding).open(file)
    try {
      database.exec(`PRAGMA busy_timeout = ${BUSY_BLOCKING_MS}`)
      database.exec('PRAGMA journal_mode = WAL')
      database.exec('PRAGMA cache_size = -65536')
      database.exec('PRAGMA temp_store = MEMORY')
      database.exec('PRAGMA journal_size_limit = 67108864')
    } catch (error) {
      database.close()
      throw error
    }
    this.#synchronous = ''
    this.#inode = inodeOf(file)
    return new SqliteSession(database, () => clock.now())
  }

  /**
   * A file that was deleted or replaced stays open and takes writes, which nobody else will ever see. Checked before
   * everything that must last, and now and then before the rest.
   */
  #checkInode(durability: Durability): void {
    const now = performance.now()
    if (durability === 'relaxed' && now - this.#inodeSeenAt < INODE_EVERY_MS) return
    this.#inodeSeenAt = now
    if (inodeOf(this.settings.file) === this.#inode) return
    this.#session?.database.close()
    this.#session = undefined
    throw new BackendError(
      'store-unavailable',
      `The SQLite file ${this.settings.file} was deleted or replaced while it was in use. The next call opens what is there now.`,
    )
  }

  #checkUsable(): void {
    const { file } = this.settings
    if (this.#closed) throw new NotRunningError(`The store ${file} is closed. Open another one.`)
    // SQLite only says "unable to open"; which folder is missing is what people want to know.
    if (!existsSync(dirname(file))) {
      throw new BackendError(
        'store-unavailable',
        `The folder ${dirname(file)} of the SQLite file does not exist. Create it first.`,
      )
    }
  }

  #transact<T>(work: (session: SqliteSession) => T, durability: Durability): T {
    const session = this.#open()
    this.#checkInode(durability)
    const wanted = durability === 'durable' ? this.settings.synchronous : 'normal'
    if (this.#synchronous !== wanted) {
      session.database.exec(`PRAGMA synchronous = ${wanted}`)
      this.#synchronous = wanted
    }
    const result = this.#inTransaction(session, () => work(session))
    this.#checkpointer?.wrote()
    return result
  }

  #inTransaction<T>(
    session: SqliteSession,
    work: () => T,
    begin: 'BEGIN' | 'BEGIN IMMEDIATE' = 'BEGIN IMMEDIATE',
  ): T {
    session.composed(begin).run()
    try {
      const result = work()
      session.composed('COMMIT').run()
      return result
    } catch (error) {
      // After some errors, such as a full disk, SQLite has rolled back by itself.
      if (session.database.inTransaction) session.database.exec('ROLLBACK')
      throw error
    }
  }
}
