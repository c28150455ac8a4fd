/**
 * Millrace on SQLite.
 * @module
 */
import { sqlite } from 'millrace/sqlite'
import type { OpenSettings, System } from '../system.ts'
import { openMillrace } from './millrace.ts'

/** With its defaults, on the fastest binding. */
export const millraceSqlite: System<OpenSettings> = {
  name: 'millrace',
  store: 'sqlite better-sqlite3',
  open: async ({ file, synchronous }) =>
    openMillrace(sqlite({ file, synchronous, binding: 'better-sqlite3' })),
}
