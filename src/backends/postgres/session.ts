/**
 * The statements of `queries/` on one executor: the store's own connections, or one the user lends.
 * @module
 */
import { createHash } from 'node:crypto'
import type { ServerClock } from './clock.ts'
import type { Executor, SqlValue } from './driver.ts'
import { queries } from './queries.gen.ts'

/** The name of a statement in `queries/`. */
export type QueryName = keyof typeof queries

/** SQL with the schema's real name where `millrace.` stands for it. */
export function inSchema(sql: string, schema: string): string {
  return sql.replaceAll('millrace.', `${quoted(schema)}.`)
}

/** A name as SQL writes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A statement as it is sent, and the name it is prepared under. */
interface Statement {
  readonly text: string
  readonly name: string
}

/** Named by what it says: behind a pooler several programs, and several versions, may share a server's connection. */
function statementOf(text: string): Statement {
  return { text, name: `millrace_${createHash('sha256').update(text).digest('hex').slice(0, 24)}` }
}

/** Statements in one schema. */
export class PostgresSession {
  readonly schema: string
  /** The server's, as far as this process knows it. */
  readonly clock: ServerClock
  readonly #executor: Executor
  readonly #statements = new Map<QueryName, Statement>()

  constructor(executor: Executor, schema: string, clock: ServerClock) {
    this.#executor = executor
    this.schema = schema
    this.clock = clock
  }

  /** All rows. The caller knows the columns. */
  all<Row>(name: QueryName, ...params: SqlValue[]): Promise<readonly Row[]> {
    let statement = this.#statements.get(name)
    if (statement === undefined) {
      statement = statementOf(inSchema(queries[name], this.schema))
      this.#statements.set(name, statement)
    }
    return this.#executor.rows<Row>(statement.text, params, statement.name)
  }

  /** The row of a statement that always answers one. */
  async one<Row>(name: QueryName, ...params: SqlValue[]): Promise<Row> {
    const [row] = await this.all<Row>(name, ...params)
    if (row === undefined) throw new Error(`The statement ${name} answered no row`)
    return row
  }

  /** The column `rows` of a statement that answers one row, read as JSON. */
  async json<Value>(name: QueryName, ...params: SqlValue[]): Promise<Value> {
    return JSON.parse((await this.one<{ rows: string }>(name, ...params)).rows) as Value
  }

  /** A statement that is put together by code; `millrace.` stands for the schema in it. */
  composed<Row>(sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
    return this.#executor.rows<Row>(inSchema(sql, this.schema), params)
  }
}
