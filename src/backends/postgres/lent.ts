/**
 * Connections that users lend, typed by their shape: a client of `pg`, or the `sql` of `postgres`.
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { InvalidOptionError } from '../../contract/index.ts'
import type { Executor, SqlValue } from './driver.ts'

/** A connection that was lent. */
export interface Lent {
  readonly executor: Executor
  /** Runs `work` in one transaction of the connection: commits when it returns, rolls back when it throws. */
  transact<T>(work: (lent: Lent) => T | Promise<T>): Promise<T>
}

/** A client of `pg`, or one of its pool's. */
interface PgLike {
  query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}

/** The `sql` of `postgres`: the one of the pool has `begin`, the one inside a transaction `savepoint`. */
interface PostgresJsLike {
  unsafe(sql: string, params: unknown[], options?: { prepare: boolean }): Promise<unknown>
  begin?<T>(work: (sql: PostgresJsLike) => Promise<T>): Promise<T>
  savepoint?<T>(work: (sql: PostgresJsLike) => Promise<T>): Promise<T>
}

/**
 * The connection as something statements can be run on.
 * @param use `join`: it has to be one connection, inside a transaction. `run`: one on which a transaction can be begun.
 * @throws InvalidOptionError
 */
export function lend(given: unknown, use: 'join' | 'run'): Lent {
  if (isPostgresJs(given)) {
    if (use === 'join' && given.savepoint === undefined) {
      throw new InvalidOptionError(
        'connection',
        'This is the sql of the whole pool. Hand over the one that sql.begin() gives you, or use app.transaction(sql, fn).',
      )
    }
    return ofPostgresJs(given)
  }
  if (isPg(given)) return ofPg(given)
  throw new InvalidOptionError(
    'connection',
    'Expected a connected Client or PoolClient of "pg", or the sql of "postgres".',
  )
}

function isPg(given: unknown): given is PgLike {
  if (typeof given !== 'object' || given === null) return false
  if (!('query' in given) || typeof given.query !== 'function') return false
  // A pool answers each statement on another connection.
  if ('totalCount' in given && 'idleCount' in given) {
    throw new InvalidOptionError(
      'connection',
      'A pool is no connection: take one with `await pool.connect()`, and release it afterwards.',
    )
  }
  return true
}

function isPostgresJs(given: unknown): given is PostgresJsLike {
  return typeof given === 'function' && 'unsafe' in given && typeof given.unsafe === 'function'
}

function ofPg(client: PgLike): Lent {
  const lent: Lent = {
    executor: {
      rows: async <Row>(sql: string, params: readonly SqlValue[]) =>
        (await client.query(sql, [...params])).rows as Row[],
    },
    transact: (work) =>
      inTurn(client, async () => {
        await client.query('BEGIN')
        try {
          const result = await work(lent)
          await client.query('COMMIT')
          return result
        } catch (error) {
          // The error that led here says more than one about a connection that is gone.
          await client.query('ROLLBACK').catch(() => undefined)
          throw error
        }
      }),
  }
  return lent
}

function ofPostgresJs(sql: PostgresJsLike): Lent {
  return {
    executor: {
      rows: async <Row>(text: string, params: readonly SqlValue[]) =>
        // A list of rows with more properties, which nobody here needs.
        [...((await sql.unsafe(text, [...params], { prepare: false })) as Row[])],
    },
    transact: async (work) => {
      const inside = async (tx: PostgresJsLike) => work(ofPostgresJs(tx))
      const begin = sql.begin ?? sql.savepoint
      if (begin === undefined)
        throw new InvalidOptionError('connection', 'This sql can begin no transaction.')
      return begin.call(sql, inside) as ReturnType<typeof inside>
    },
  }
}

/** The connection whose transaction each asynchronous call chain is inside of. */
const inside = new AsyncLocalStorage<unknown>()
const turns = new WeakMap<object, Promise<unknown>>()

/** A connection has one transaction at a time, so that those of concurrent jobs on one connection wait for their turn. */
function inTurn<T>(connection: object, work: () => Promise<T>): Promise<T> {
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
