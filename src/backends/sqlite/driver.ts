/**
 * The seam to the SQLite binding. Three are known, and all look the same from here on.
 * @module
 */

/** What SQLite stores. */
export type SqlValue = string | number | bigint | null | Uint8Array

/** A prepared statement. */
export interface SqliteStatement {
  run(...params: SqlValue[]): { readonly changes: number }
  get(...params: SqlValue[]): unknown
  all(...params: SqlValue[]): unknown[]
}

/** A prepared statement whose rows are arrays in the order of the columns: the fast way to read many. */
export interface SqliteRowStatement {
  rows(...params: SqlValue[]): SqlValue[][]
}

/** One connection. */
export interface SqliteDatabase {
  /** Name and version of the binding, for people. */
  readonly binding: string
  readonly inTransaction: boolean
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
  prepareRows(sql: string): SqliteRowStatement
  close(): void
}

/** A binding that could be loaded. */
export interface SqliteBinding {
  /** Name and version, for people. */
  readonly name: string
  open(file: string): SqliteDatabase
  /** Wraps a connection that was opened with this very library; undefined where it was not. */
  adopt(connection: object): SqliteDatabase | undefined
}
