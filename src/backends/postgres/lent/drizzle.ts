/**
 * Lent transactions of Drizzle, on any of its drivers for Postgres.
 * @module
 */
import type { SqlValue } from '../driver.ts'
import { hasMethods, joinOnly, type Lent, type Use } from './lent.ts'

/** What Drizzle takes for SQL: something that, asked for it, answers text and parameters. */
interface SqlLike {
  getSQL(): { toQuery(): { sql: string; params: unknown[] } }
}

interface DrizzleLike {
  execute(query: SqlLike): Promise<unknown[] | { rows: unknown[] }>
}

const HOW = 'db.transaction((tx) => app.in(tx).enqueue(task, input)).'

/** A transaction, as `db.transaction()` gives it. */
export function drizzle(given: unknown, use: Use): Lent | null {
  if (!isDrizzle(given)) return null
  return joinOnly('Drizzle', HOW, use, hasMethods(given, 'rollback'), {
    rows: async <Row>(sql: string, params: readonly SqlValue[]) => {
      const answer = await given.execute({
        getSQL: () => ({ toQuery: () => ({ sql, params: [...params] }) }),
      })
      // By "postgres" as rows, by all other drivers as a result that has rows.
      return (Array.isArray(answer) ? [...answer] : answer.rows) as Row[]
    },
  })
}

function isDrizzle(given: unknown): given is DrizzleLike {
  return hasMethods(given, 'execute', 'select', 'insert', 'transaction') && 'session' in given
}
