/**
 * Lent transactions of Kysely.
 * @module
 */
import type { SqlValue } from '../driver.ts'
import { hasMethods, joinOnly, type Lent, type Use } from './lent.ts'

interface KyselyLike {
  readonly isTransaction: boolean
  /** Its plugins may rename columns. */
  withoutPlugins(): KyselyLike
  executeQuery(query: {
    sql: string
    parameters: readonly unknown[]
    query: { kind: 'RawNode'; sqlFragments: readonly string[]; parameters: readonly never[] }
    queryId: { queryId: string }
  }): Promise<{ rows: unknown[] }>
}

const HOW = 'db.transaction().execute((trx) => app.in(trx).enqueue(task, input)).'

/** A transaction, as `db.transaction().execute()` and `db.startTransaction().execute()` give it. */
export function kysely(given: unknown, use: Use): Lent | null {
  if (!isKysely(given)) return null
  return joinOnly('Kysely', HOW, use, given.isTransaction, {
    rows: async <Row>(sql: string, params: readonly SqlValue[]) => {
      const query = { kind: 'RawNode', sqlFragments: [sql], parameters: [] } as const
      const compiled = { sql, parameters: [...params], query, queryId: { queryId: 'millrace' } }
      return (await given.withoutPlugins().executeQuery(compiled)).rows as Row[]
    },
  })
}

function isKysely(given: unknown): given is KyselyLike {
  return hasMethods(given, 'withoutPlugins', 'executeQuery') && 'isTransaction' in given
}
