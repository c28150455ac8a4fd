/**
 * Brings the file's schema up to date, under the write lock, so that any number of processes may try at once.
 * @module
 */
import { BackendError } from '../../contract/index.ts'
import type { SqliteDatabase } from './driver.ts'
import { migrations } from './migrations.gen.ts'

/** The schema this release wants. */
export const WANTED_SCHEMA = migrations.length

/** The schema the file has; 0 where it has none. */
export function foundSchema(database: SqliteDatabase): number {
  const table = database
    .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'millrace_migration'")
    .get()
  if (table === undefined) return 0
  const row = database.prepare('SELECT max(version) AS version FROM millrace_migration').get() as {
    version: number | null
  }
  return row.version ?? 0
}

/** @throws BackendError `store-too-new` where a newer release wrote the file. */
export function checkSchema(database: SqliteDatabase, file: string): number {
  const found = foundSchema(database)
  if (found > WANTED_SCHEMA) {
    throw new BackendError(
      'store-too-new',
      `${file} has schema ${found}, written by a newer version of Millrace; this one knows ${WANTED_SCHEMA}. Update Millrace, or use another file.`,
    )
  }
  return found
}

/** Applies what is missing; answers the versions applied. The caller holds a write transaction. */
export function applyMigrations(database: SqliteDatabase, file: string, now: number): number[] {
  const found = checkSchema(database, file)
  const missing = migrations.filter(({ version }) => version > found)
  if (missing.length === 0) return []
  database.exec(
    'CREATE TABLE IF NOT EXISTS millrace_migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT',
  )
  const note = database.prepare('INSERT INTO millrace_migration (version, name, applied_at) VALUES (?, ?, ?)')
  for (const { version, name, sql } of missing) {
    database.exec(sql)
    note.run(version, name, now)
  }
  return missing.map(({ version }) => version)
}
