/**
 * The statements of `queries/` on one executor: the store's own connections, or one the user lends.
 * @module
 */
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

/** Statements in one schema. */
export class PostgresSession {
  readonly schema: string
  readonly #executor: Executor
  readonly #texts: Map<QueryName, string>

  constructor(executor: Executor, schema: string, texts = new Map<QueryName, string>()) {
    this.#executor = executor
    this.schema = schema
    this.#texts = texts
  }

  /** All rows. The caller knows the columns. */
  all<Row>(name: QueryName, ...params: SqlValue[]): Promise<readonly Row[]> {
    let text = this.#texts.get(name)
    if (text === undefined) {
      text = inSchema(queries[name], this.schema)
      this.#texts.set(name, text)
    }
    return this.#executor.rows<Row>(text, params)
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
