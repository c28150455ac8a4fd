/**
 * Node's own binding, `node:sqlite`, from Node 22.13.
 * @module
 */
import type {
  SqliteBinding,
  SqliteDatabase,
  SqliteRowStatement,
  SqliteStatement,
  SqlValue,
} from '../driver.ts'

const NAME = 'node:sqlite'

interface NativeStatement {
  run(...params: SqlValue[]): { changes: number | bigint }
  get(...params: SqlValue[]): unknown
  all(...params: SqlValue[]): unknown[]
  /** From Node 22.16; before it, rows are objects only. */
  setReturnArrays?(on: boolean): void
}

interface NativeDatabase {
  readonly isTransaction?: boolean
  exec(sql: string): void
  prepare(sql: string): NativeStatement
  close(): void
}

/** The part of the module that is used. */
export type NativeConstructor = new (file: string) => NativeDatabase

/** A binding out of the module's constructor. */
export function nodeSqliteBinding(DatabaseSync: NativeConstructor): SqliteBinding {
  return {
    name: NAME,
    open: (file) => wrap(new DatabaseSync(file)),
    adopt: (connection) => (connection instanceof DatabaseSync ? wrap(connection) : undefined),
  }
}

function wrap(native: NativeDatabase): SqliteDatabase {
  return {
    binding: NAME,
    get inTransaction() {
      return native.isTransaction ?? true
    },
    exec: (sql) => native.exec(sql),
    prepare: (sql) => statement(native.prepare(sql)),
    prepareRows: (sql) => rows(native.prepare(sql)),
    close: () => native.close(),
  }
}

function statement(native: NativeStatement): SqliteStatement {
  return {
    run: (...params) => ({ changes: Number(native.run(...params).changes) }),
    get: (...params) => native.get(...params),
    all: (...params) => native.all(...params),
  }
}

function rows(native: NativeStatement): SqliteRowStatement {
  if (native.setReturnArrays === undefined) {
    return {
      rows: (...params) => native.all(...params).map((row) => Object.values(row as Record<string, SqlValue>)),
    }
  }
  native.setReturnArrays(true)
  return { rows: (...params) => native.all(...params) as SqlValue[][] }
}
