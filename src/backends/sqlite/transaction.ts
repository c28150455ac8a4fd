/**
 * Facet `transaction`: the same inserts and updates, on the user's own connection and in their transaction.
 * Everything happens before the call returns, since SQLite is synchronous.
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { realpathSync } from 'node:fs'
import { InvalidOptionError, type StoreTransaction, type TransactionFacet } from '../../contract/index.ts'
import { type BindingName, loadBinding } from './binding.ts'
import type { SqliteConnection } from './connection.ts'
import { CountChanges } from './counts.ts'
import type { SqliteDatabase } from './driver.ts'
import { enqueue } from './enqueue.ts'
import { translate } from './errors.ts'
import { applyMigrations } from './migrate.ts'
import { BUSY_BLOCKING_MS, patiently } from './patience.ts'
import { SqliteSession } from './session.ts'
import { settle } from './settle.ts'

/** The facet. `committed` wakes whoever waits in this process; other processes see the commit themselves. */
export function transactionFacet(connection: SqliteConnection, committed: () => void): TransactionFacet {
  const { file, clock, binding } = connection.settings
  const sessions = new WeakMap<object, SqliteSession>()

  /** The user's connection as a session, made once, so that its statements stay prepared. */
  function sessionOf(given: unknown): SqliteSession {
    if (typeof given !== 'object' || given === null) throw notAConnection(file)
    let session = sessions.get(given)
    if (session === undefined) {
      const database = adopt(given, binding, file)
      checkSameFile(database, file)
      session = new SqliteSession(database, () => clock.now())
      sessions.set(given, session)
    }
    return session
  }

  function join(given: unknown): StoreTransaction {
    const session = sessionOf(given)
    if (!session.database.inTransaction) {
      throw new InvalidOptionError(
        'connection',
        'The connection is not inside a transaction. Begin one first, or use app.transaction(connection, fn).',
      )
    }
    // Nobody may have used the store yet. Its tables then come to life with the user's commit.
    typed(file, () => applyMigrations(session.database, file, session.now()))
    return {
      enqueue: async (jobs) => typed(file, () => enqueue(session, jobs)),
      settle: async (settlements) =>
        typed(file, () => {
          const counts = new CountChanges()
          const leaseLost = settle(session, settlements, session.now(), counts)
          counts.write(session)
          return leaseLost
        }),
    }
  }

  async function transact<T>(given: unknown, work: (tx: StoreTransaction) => T | Promise<T>): Promise<T> {
    const session = sessionOf(given)
    const { database } = session
    await begin(session)
    try {
      const result = await work(join(given))
      typed(file, () => database.exec('COMMIT'))
      return result
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK')
      throw error
    }
  }

  /** Begins as soon as nobody writes, within the connection's own busy timeout, of which SQLite itself gets but a moment. */
  async function begin(session: SqliteSession): Promise<void> {
    const { database } = session
    const { timeout } = session.composed('PRAGMA busy_timeout').get() as { timeout: number }
    await patiently({ file, clock, busyTimeoutMs: timeout }, () => {
      database.exec(`PRAGMA busy_timeout = ${Math.min(timeout, BUSY_BLOCKING_MS)}`)
      try {
        database.exec('BEGIN IMMEDIATE')
      } finally {
        database.exec(`PRAGMA busy_timeout = ${timeout}`)
      }
    })
  }

  return {
    join,
    committed,
    run: (given, work) => inTurn(given, () => transact(given, work)),
  }
}

/** A transaction that an asynchronous call chain is, or was, inside of. */
interface Turn {
  readonly connection: unknown
  readonly outer: Turn | undefined
  /** What was started inside may outlive it. */
  over: boolean
}

const inside = new AsyncLocalStorage<Turn>()
const turns = new WeakMap<object, Promise<unknown>>()

/** A connection has one transaction at a time, so that those of concurrent jobs on one connection wait for their turn. */
function inTurn<T>(connection: unknown, work: () => Promise<T>): Promise<T> {
  if (typeof connection !== 'object' || connection === null) return work()
  const outer = inside.getStore()
  if (isInside(outer, connection)) {
    const message =
      'A transaction runs on this connection already. Use the one you were given instead of opening another inside it.'
    return Promise.reject(new InvalidOptionError('connection', message))
  }
  const mine: Turn = { connection, outer, over: false }
  const turn = (turns.get(connection) ?? Promise.resolve())
    .then(() => inside.run(mine, work))
    .finally(() => {
      mine.over = true
    })
  turns.set(
    connection,
    turn.catch(() => undefined),
  )
  return turn
}

function isInside(turn: Turn | undefined, connection: unknown): boolean {
  for (let at = turn; at !== undefined; at = at.outer)
    if (at.connection === connection && !at.over) return true
  return false
}

function typed<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw translate(error, file)
  }
}

/**
 * Two libraries with a SQLite each may not open one file in one process: closing it in one drops the locks of
 * the other, and the file can be damaged (https://www.sqlite.org/howtocorrupt.html, section 2.2).
 */
function adopt(given: object, wanted: BindingName | undefined, file: string): SqliteDatabase {
  const binding = loadBinding(wanted)
  // One of openDatabase().
  const own = given as Partial<SqliteDatabase>
  const database = own.binding === binding.name ? (given as SqliteDatabase) : binding.adopt(given)
  if (database !== undefined) return database
  if (!('prepare' in given)) throw notAConnection(file)
  throw new InvalidOptionError(
    'connection',
    `This connection was opened with another SQLite library than the store's, which is ${binding.name}. Two of them on one file in one process can damage it. Open yours with openDatabase() of "millrace/sqlite", or name your library with sqlite({ file, binding }).`,
  )
}

function checkSameFile(database: SqliteDatabase, file: string): void {
  const attached = database.prepare('PRAGMA database_list').all() as { name: string; file: string }[]
  const main = attached.find(({ name }) => name === 'main')?.file ?? ''
  if (main !== '' && realpathSync(main) === realpathSync(file)) return
  throw new InvalidOptionError(
    'connection',
    `The connection is open on ${main === '' ? 'a temporary database' : main}, but the jobs are in ${file}. One transaction needs both in the same file.`,
  )
}

function notAConnection(file: string): InvalidOptionError {
  return new InvalidOptionError(
    'connection',
    `Expected a connection of better-sqlite3, node:sqlite or libsql on ${file}, or one made by openDatabase() of "millrace/sqlite".`,
  )
}
