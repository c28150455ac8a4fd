/**
 * Lent connections of `postgres`: the `sql` of a transaction, or one that can begin one.
 * @module
 */
import { InvalidOptionError } from '../../../contract/index.ts'
import type { SqlValue } from '../driver.ts'
import { hasMethods, type Lent, type Use } from './lent.ts'

/** The one of the pool has `begin`, the one inside a transaction `savepoint`. */
interface PostgresJsLike {
  unsafe(sql: string, params: unknown[], options?: { prepare: boolean }): Promise<unknown>
  begin?<T>(work: (sql: PostgresJsLike) => Promise<T>): Promise<T>
  savepoint?<T>(work: (sql: PostgresJsLike) => Promise<T>): Promise<T>
}

/** A `sql` of the library's. */
export function postgresJs(given: unknown, use: Use): Lent | null {
  if (!isPostgresJs(given)) return null
  if (use === 'join' && given.savepoint === undefined) {
    throw new InvalidOptionError(
      'connection',
      'This is the sql of the whole pool. Hand over the one that sql.begin() gives you, or use app.transaction(sql, fn).',
    )
  }
  return lentOf(given)
}

function isPostgresJs(given: unknown): given is PostgresJsLike {
  return typeof given === 'function' && hasMethods(given, 'unsafe')
}

function lentOf(sql: PostgresJsLike): Lent {
  return {
    executor: {
      rows: async <Row>(text: string, params: readonly SqlValue[]) =>
        // A list of rows with more properties, which nobody here needs.
        [...((await sql.unsafe(text, [...params], { prepare: false })) as Row[])],
    },
    transact: async (work) => {
      const inside = async (tx: PostgresJsLike) => work(lentOf(tx))
      const begin = sql.begin ?? sql.savepoint
      if (begin === undefined)
        throw new InvalidOptionError('connection', 'This sql can begin no transaction.')
      return begin.call(sql, inside) as ReturnType<typeof inside>
    },
  }
}
