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
export type NativeConstructor = new (file: string) => NativeDatabase

/** A binding out of the package's constructor. */
export function betterSqlite3Binding(Database: NativeConstructor, name: string): SqliteBinding {
  return {
    name,
    open: (file) => wrap(new Database(file), name),
    adopt: (connection) => (connection instanceof Database ? wrap(connection, name) : undefined),
  }
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
