/**
 * Lent transactions of Knex.
 * @module
 */
import type { SqlValue } from '../driver.ts'
import { hasMethods, joinOnly, type Lent, type Use } from './lent.ts'

interface KnexLike {
  readonly isTransaction?: boolean
  raw(sql: string, bindings: readonly unknown[]): Promise<{ rows: unknown[] }>
}

const HOW = 'knex.transaction((trx) => app.in(trx).enqueue(task, input)).'

/** A transaction, as `knex.transaction()` gives it. */
export function knex(given: unknown, use: Use): Lent | null {
  if (!isKnex(given)) return null
  return joinOnly('Knex', HOW, use, given.isTransaction === true, {
    rows: async <Row>(sql: string, params: readonly SqlValue[]) => {
      const bindings: SqlValue[] = []
      // Knex counts question marks, each of which takes the next value, where we number our parameters.
      const marked = sql.replaceAll('?', '\\?').replace(/\$(\d+)/g, (_, number: string) => {
        bindings.push(params[Number(number) - 1] ?? null)
        return '?'
      })
      return (await given.raw(marked, bindings)).rows as Row[]
    },
  })
}

function isKnex(given: unknown): given is KnexLike {
  return typeof given === 'function' && hasMethods(given, 'raw', 'transaction', 'queryBuilder')
}
