/**
 * One connection with its prepared statements: the store's own, or one the user lends.
 * Everything in here is synchronous; transactions are the caller's business.
 * @module
 */
import type { SqliteDatabase, SqliteRowStatement, SqliteStatement, SqlValue } from './driver.ts'
import { queries } from './queries.gen.ts'

/** The name of a statement in `queries/`. */
export type QueryName = keyof typeof queries

/** A connection whose statements are prepared once, when first used. */
export class SqliteSession {
  readonly database: SqliteDatabase
  /**
   * Until this time jobs may be pending whose due time is ahead of now, since the clock was set back, and claims have
   * to look for them. 0 where there are none.
   */
  aheadUntil = 0
  readonly #clock: () => number
  #latest = 0
  readonly #named = new Map<QueryName, SqliteStatement>()
  readonly #rows = new Map<QueryName, SqliteRowStatement>()
  readonly #other = new Map<string, SqliteStatement>()

  constructor(database: SqliteDatabase, clock: () => number) {
    this.database = database
    this.#clock = clock
  }

  /** The store's clock, ms since 1970. */
  now(): number {
    const now = this.#clock()
    if (now < this.#latest) this.aheadUntil = Math.max(this.aheadUntil, this.#latest)
    this.#latest = now
    return now
  }

  /** The clock stood at this time once, says the store. */
  wasAt(time: number): void {
    if (time > this.#latest) this.aheadUntil = Math.max(this.aheadUntil, time)
  }

  /** True while there may be pending jobs ahead of now. */
  get clockWentBack(): boolean {
    return this.#latest < this.aheadUntil
  }

  /** Runs a statement; answers how many rows it changed. */
  run(name: QueryName, ...params: SqlValue[]): number {
    return this.statement(name).run(...params).changes
  }

  /** The first row, or undefined. The caller knows the columns. */
  get<Row>(name: QueryName, ...params: SqlValue[]): Row | undefined {
    return this.statement(name).get(...params) as Row | undefined
  }

  /** All rows. The caller knows the columns. */
  all<Row>(name: QueryName, ...params: SqlValue[]): Row[] {
    return this.statement(name).all(...params) as Row[]
  }

  /** All rows as arrays: the fast way. */
  rows(name: QueryName, ...params: SqlValue[]): SqlValue[][] {
    let statement = this.#rows.get(name)
    if (statement === undefined) {
      statement = this.database.prepareRows(queries[name])
      this.#rows.set(name, statement)
    }
    return statement.rows(...params)
  }

  /** A statement of `queries/`. */
  statement(name: QueryName): SqliteStatement {
    let statement = this.#named.get(name)
    if (statement === undefined) {
      statement = this.database.prepare(queries[name])
      this.#named.set(name, statement)
    }
    return statement
  }

  /** A statement that is put together by code, prepared once per text. Few texts, please. */
  composed(sql: string): SqliteStatement {
    let statement = this.#other.get(sql)
    if (statement === undefined) {
      statement = this.database.prepare(sql)
      this.#other.set(sql, statement)
    }
    return statement
  }
}
