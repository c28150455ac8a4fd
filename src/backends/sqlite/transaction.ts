/**
 * Facet `transaction`: the same inserts and updates, on the user's own connection and in their transaction.
 * Everything happens before the call returns, since SQLite is synchronous.
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { realpathSync } from 'node:fs'
import { InvalidOptionError, type StoreTransaction, type TransactionFacet } from '../../contract/index.ts'
import { adoptConnection } from './binding.ts'
import type { SqliteConnection } from './connection.ts'
import { CountChanges } from './counts.ts'
import type { SqliteDatabase } from './driver.ts'
import { enqueue } from './enqueue.ts'
import { translate } from './errors.ts'
import { applyMigrations } from './migrate.ts'
import { SqliteSession } from './session.ts'
import { settle } from './settle.ts'

/** The facet. `committed` wakes whoever waits in this process; other processes see the commit themselves. */
export function transactionFacet(connection: SqliteConnection, committed: () => void): TransactionFacet {
  const { file, clock } = connection.settings
  const sessions = new WeakMap<object, SqliteSession>()

  /** The user's connection as a session, made once, so that its statements stay prepared. */
  function sessionOf(given: unknown): SqliteSession {
    if (typeof given !== 'object' || given === null) throw notAConnection(file)
    let session = sessions.get(given)
    if (session === undefined) {
      const database = adoptConnection(given)
      if (database === undefined) throw notAConnection(file)
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
    const { database } = sessionOf(given)
    typed(file, () => database.exec('BEGIN IMMEDIATE'))
    try {
      const result = await work(join(given))
      typed(file, () => database.exec('COMMIT'))
      return result
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK')
      throw error
    }
  }

  return {
    join,
    committed,
    run: (given, work) => inTurn(given, () => transact(given, work)),
  }
}

/** The transaction each asynchronous call chain is inside of, by connection. */
const inside = new AsyncLocalStorage<unknown>()
const turns = new WeakMap<object, Promise<unknown>>()

/** A connection has one transaction at a time, so that those of concurrent jobs on one connection wait for their turn. */
function inTurn<T>(connection: unknown, work: () => Promise<T>): Promise<T> {
  if (typeof connection !== 'object' || connection === null) return work()
  if (inside.getStore() === connection) {
    const message =
      'A transaction runs on this connection already. Use the one you were given instead of opening another inside it.'
    return Promise.reject(new InvalidOptionError('connection', message))
  }
  const turn = (turns.get(connection) ?? Promise.resolve()).then(() => inside.run(connection, work))
  turns.set(
    connection,
    turn.catch(() => undefined),
  )
  return turn
}

function typed<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw translate(error, file)
  }
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
