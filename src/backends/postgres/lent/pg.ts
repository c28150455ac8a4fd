/**
 * Lent connections of `pg`: a Client, or one of a pool's.
 * @module
 */
import { InvalidOptionError } from '../../../contract/index.ts'
import type { SqlValue } from '../driver.ts'
import { hasMethods, type Lent } from './lent.ts'
import { inTurn } from './turns.ts'

interface PgLike {
  query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}

/** A connected client. */
export function pgClient(given: unknown): Lent | null {
  if (!isPg(given)) return null
  const lent: Lent = {
    executor: {
      rows: async <Row>(sql: string, params: readonly SqlValue[]) =>
        (await given.query(sql, [...params])).rows as Row[],
    },
    transact: (work) =>
      inTurn(given, async () => {
        await given.query('BEGIN')
        try {
          const result = await work(lent)
          await given.query('COMMIT')
          return result
        } catch (error) {
          // The error that led here says more than one about a connection that is gone.
          await given.query('ROLLBACK').catch(() => undefined)
          throw error
        }
      }),
  }
  return lent
}

function isPg(given: unknown): given is PgLike {
  if (typeof given !== 'object' || !hasMethods(given, 'query')) return false
  // A pool answers each statement on another connection.
  if ('totalCount' in given && 'idleCount' in given) {
    throw new InvalidOptionError(
      'connection',
      'A pool is no connection: take one with `await pool.connect()`, and release it afterwards.',
    )
  }
  return true
}
