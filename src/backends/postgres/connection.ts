/**
 * The store's own connections: a small pool, opened on first use, one call a round trip, with bounded waits.
 * @module
 */
import { BackendError, NotRunningError } from '../../contract/index.ts'
import { sleep } from '../../kit/sleep.ts'
import { ServerClock } from './clock.ts'
import { type Executor, loadDriver, type PgPool, type PgPoolClient, type SqlValue } from './driver.ts'
import { isConflict, isConnectionLost, isUnprepared, translate } from './errors.ts'
import { applyMigrations, checkSchema, WANTED_SCHEMA } from './migrate.ts'
import type { PostgresSettings } from './options.ts'
import { PostgresSession } from './session.ts'

/** Tries of a call that gave way to others, such as to resolve a deadlock. Nothing of it was stored. */
const MOST_TRIES = 8
/** Longest pause before the next try, per try so far, in ms. */
const PAUSE_MS = 4

/** No bound, as the driver takes it: what a timer can wait at most. */
const ENDLESS_MS = 2_147_483_647

/** The store's own connections. */
export class PostgresConnection {
  readonly settings: PostgresSettings
  readonly clock = new ServerClock()
  readonly #session: PostgresSession
  /** False once it has turned out that prepared statements do not work here. */
  #prepares = true
  #pool: Promise<PgPool> | undefined
  #ready: Promise<void> | undefined
  #closed = false

  constructor(settings: PostgresSettings) {
    this.settings = settings
    this.#session = new PostgresSession(
      { rows: (sql, params, name) => this.#statement(sql, params, name) },
      settings.schema,
      this.clock,
    )
  }

  /** Runs `work`, each statement on whichever connection is free, once the schema is known to be up to date. */
  async use<T>(work: (session: PostgresSession) => Promise<T>): Promise<T> {
    await this.ready()
    return work(this.#session)
  }

  /** Runs `work` in one transaction. */
  async transact<T>(work: (session: PostgresSession) => Promise<T>): Promise<T> {
    await this.ready()
    return this.#patiently((client) =>
      inTransaction(this.#executorOf(client), (executor) =>
        work(new PostgresSession(executor, this.settings.schema, this.clock)),
      ),
    )
  }

  /** Looks at the database as it is: nothing is made or migrated. */
  async inspect<T>(look: (executor: Executor) => Promise<T>): Promise<T> {
    return look({ rows: (sql, params) => this.#statement(sql, params) })
  }

  /** Once the schema is known to be up to date. @throws BackendError */
  ready(): Promise<void> {
    if (this.#closed) return Promise.reject(this.#notRunning())
    this.#ready ??= this.#prepare().catch((error: unknown) => {
      // The next call tries again.
      this.#ready = undefined
      throw error
    })
    return this.#ready
  }

  /** Applies missing migrations; answers their versions. */
  migrate(): Promise<readonly number[]> {
    const boundMs = this.settings.migrateTimeoutMs ?? ENDLESS_MS
    return this.#patiently((client) =>
      inTransaction(this.#executorOf(client, boundMs), (executor) =>
        applyMigrations(executor, this.settings),
      ),
    )
  }

  /** @throws NotRunningError once it is closed. */
  checkOpen(): void {
    if (this.#closed) throw this.#notRunning()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const pool = await this.#pool?.catch(() => undefined)
    await pool?.end()
  }

  async #prepare(): Promise<void> {
    const found = await this.inspect((executor) => checkSchema(executor, this.settings))
    if (found >= WANTED_SCHEMA) return
    if (this.settings.migrate === 'auto') {
      await this.migrate()
      return
    }
    throw new BackendError(
      'store-not-migrated',
      `${this.settings.location} has version ${found} of Millrace's tables; this release wants ${WANTED_SCHEMA}. Run \`millrace migrate\`.`,
    )
  }

  #statement<Row>(sql: string, params: readonly SqlValue[], name?: string): Promise<readonly Row[]> {
    return this.#patiently((client) => this.#executorOf(client).rows<Row>(sql, params, name))
  }

  /** @param boundMs how long a statement may take, where that is not the call's own bound. */
  #executorOf(client: PgPoolClient, boundMs?: number): Executor {
    const bound = boundMs === undefined ? {} : { query_timeout: boundMs }
    return {
      rows: async <Row>(sql: string, params: readonly SqlValue[], name?: string) => {
        // Without parameters the text may hold several statements, as migrations do.
        if (params.length === 0) return (await client.query({ text: sql, ...bound })).rows as Row[]
        const config = { text: sql, values: [...params], ...bound }
        const named = name !== undefined && this.#prepares ? { ...config, name } : config
        return (await client.query(named)).rows as Row[]
      },
    }
  }

  async #patiently<T>(work: (client: PgPoolClient) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      if (this.#closed) throw this.#notRunning()
      try {
        return await this.#withClient(work)
      } catch (error) {
        // Of several calls under way at once, each may find out.
        const unprepared = isUnprepared(error)
        if (unprepared) this.#prepares = false
        if (!(unprepared || isConflict(error)) || tries >= MOST_TRIES)
          throw translate(error, this.settings.location)
      }
      await sleep(Math.random() * PAUSE_MS * tries)
    }
  }

  async #withClient<T>(work: (client: PgPoolClient) => Promise<T>): Promise<T> {
    const pool = await this.#opened()
    const client = await pool.connect()
    try {
      const result = await work(client)
      client.release()
      return result
    } catch (error) {
      // A connection on which a call was given up may still be busy with it.
      client.release(isConnectionLost(error))
      throw error
    }
  }

  #opened(): Promise<PgPool> {
    this.#pool ??= this.#open().catch((error: unknown) => {
      this.#pool = undefined
      throw error
    })
    return this.#pool
  }

  async #open(): Promise<PgPool> {
    const { Pool } = await loadDriver()
    const { connections } = this.settings
    const pool = new Pool({
      ...driverConfig(this.settings, this.settings.url),
      max: connections,
      idleTimeoutMillis: 30_000,
      allowExitOnIdle: true,
    })
    // A connection that breaks while nobody uses it: the pool drops it, and the next call opens another.
    pool.on('error', () => {})
    // One that breaks while it is used: the call itself is told.
    pool.on('connect', (client) => client.on('error', () => {}))
    return pool
  }

  #notRunning(): NotRunningError {
    return new NotRunningError(`The store ${this.settings.location} is closed. Open another one.`)
  }
}

/** What every connection of ours is opened with. */
export function driverConfig(settings: PostgresSettings, connectionString: string) {
  return {
    connectionString,
    application_name: 'millrace',
    connectionTimeoutMillis: settings.connectTimeoutMs,
    query_timeout: settings.callTimeoutMs,
    keepAlive: true,
  }
}

async function inTransaction<T>(executor: Executor, work: (executor: Executor) => Promise<T>): Promise<T> {
  await executor.rows('BEGIN', [])
  try {
    const result = await work(executor)
    await executor.rows('COMMIT', [])
    return result
  } catch (error) {
    if (!isConnectionLost(error)) await executor.rows('ROLLBACK', [])
    throw error
  }
}
