/**
 * Bindings with the interface of better-sqlite3: itself, and libsql, which copies it.
 * @module
 */
import type {
  SqliteBinding,
  SqliteDatabase,
  SqliteRowStatement,
  SqliteStatement,
  SqlValue,
} from '../driver.ts'

interface NativeStatement extends SqliteStatement {
  raw(on: boolean): { all(...params: SqlValue[]): SqlValue[][] }
}

interface NativeDatabase {
  readonly inTransaction: boolean
  exec(sql: string): unknown
  prepare(sql: string): NativeStatement
  close(): unknown
}

/** The part of the package that is used. */
export type NativeConstructor = new (file: string, options?: { readonly?: boolean }) => NativeDatabase

/** A binding out of the package's constructor. */
export function betterSqlite3Binding(Database: NativeConstructor, name: string): SqliteBinding {
  return {
    open: (file, { readOnly }) => wrap(new Database(file, readOnly === true ? { readonly: true } : {}), name),
  }
}

/** Wraps a connection the user opened with better-sqlite3 or libsql; undefined where it looks like none. */
export function adoptBetterSqlite3(connection: object): SqliteDatabase | undefined {
  return looksNative(connection) ? wrap(connection, 'better-sqlite3') : undefined
}

function looksNative(connection: object): connection is NativeDatabase {
  return 'inTransaction' in connection && 'prepare' in connection && 'exec' in connection
}

function wrap(native: NativeDatabase, binding: string): SqliteDatabase {
  return {
    binding,
    get inTransaction() {
      return native.inTransaction
    },
    exec: (sql) => {
      native.exec(sql)
    },
    prepare: (sql) => native.prepare(sql),
    prepareRows: (sql) => rows(native.prepare(sql)),
    close: () => {
      native.close()
    },
  }
}

function rows(native: NativeStatement): SqliteRowStatement {
  const raw = native.raw(true)
  return { rows: (...params) => raw.all(...params) }
}
