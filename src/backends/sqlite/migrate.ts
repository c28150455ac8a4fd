/**
 * Brings the file's schema up to date, under the write lock, so that any number of processes may try at once.
 * @module
 */
import { BackendError } from '../../contract/index.ts'
import type { SqliteDatabase } from './driver.ts'
import { migrations } from './migrations.gen.ts'

/** The schema this release wants. */
export const WANTED_SCHEMA = migrations.length

/** What a file says of its schema. */
interface FoundSchema {
  /** 0 where it has none. */
  readonly version: number
  /** The latest version that older releases cannot go on with; 0 where there is none. */
  readonly breaking: number
}

function find(database: SqliteDatabase): FoundSchema {
  const table = database
    .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'millrace_migration'")
    .get()
  if (table === undefined) return { version: 0, breaking: 0 }
  return database
    .prepare(
      'SELECT coalesce(max(version), 0) AS version, coalesce(max(version) FILTER (WHERE breaking = 1), 0) AS breaking FROM millrace_migration',
    )
    .get() as FoundSchema
}

/** The schema the file has; 0 where it has none. */
export function foundSchema(database: SqliteDatabase): number {
  return find(database).version
}

/**
 * The schema the file has. A newer one than this release wants will do, unless a migration on the way to it was marked
 * as breaking.
 * @throws BackendError `store-too-new`
 */
export function checkSchema(database: SqliteDatabase, file: string): number {
  const { version, breaking } = find(database)
  if (breaking > WANTED_SCHEMA) {
    throw new BackendError(
      'store-too-new',
      `${file} has schema ${version}, written by a newer version of Millrace. This one knows ${WANTED_SCHEMA}, and cannot go on from ${breaking}. Update Millrace, or use another file.`,
    )
  }
  return version
}

/** Applies what is missing; answers the versions applied. The caller holds a write transaction. */
export function applyMigrations(database: SqliteDatabase, file: string, now: number): number[] {
  const found = checkSchema(database, file)
  const missing = migrations.filter(({ version }) => version > found)
  if (missing.length === 0) return []
  database.exec(
    'CREATE TABLE IF NOT EXISTS millrace_migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL, breaking INTEGER NOT NULL, applied_at INTEGER NOT NULL) STRICT',
  )
  const note = database.prepare(
    'INSERT INTO millrace_migration (version, name, breaking, applied_at) VALUES (?, ?, ?, ?)',
  )
  for (const { version, name, breaking, sql } of missing) {
    database.exec(sql)
    note.run(version, name, breaking ? 1 : 0, now)
  }
  return missing.map(({ version }) => version)
}
