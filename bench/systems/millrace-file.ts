/**
 * A SQLite file with Millrace's schema, opened with better-sqlite3 alone, and the statements on its job table.
 * @module
 */
import Database from 'better-sqlite3'
import { sqlite } from 'millrace/sqlite'
import type { OpenSettings } from '../system.ts'

/** The queue and the task of all jobs in here. */
export const QUEUE = 'default'
export const TASK = 'bench'

/** States as the schema numbers them. */
export const PENDING = 1
export const SUCCEEDED = 5

const COLUMNS =
  '(id, task, queue, state, priority, due_at, created_at, version, max_attempts, payload, expires_at, options)'

/** Creates the file by Millrace's own migration, and opens it with the settings Millrace uses. */
export async function openMillraceFile({ file, synchronous }: OpenSettings): Promise<Database.Database> {
  const backend = sqlite({ file, binding: 'better-sqlite3' })
  await backend.migrate()
  await backend.close()
  const database = new Database(file)
  database.pragma('journal_mode = WAL')
  database.pragma('cache_size = -65536')
  database.pragma('temp_store = MEMORY')
  database.pragma('journal_size_limit = 67108864')
  database.pragma(`synchronous = ${synchronous}`)
  return database
}

/** The statement that stores so many jobs. */
export function insertSql(rows: number): string {
  return `INSERT INTO millrace_job ${COLUMNS} VALUES ${Array(rows).fill('(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`
}

const ID_START = '01a00000-0000-7000-8000-'
const ID_FORMAT = `${ID_START}%012x`

/** An id that sorts like the UUIDv7 of a job stored `n`th. */
export function idOf(n: number): string {
  return ID_START + n.toString(16).padStart(12, '0')
}

/** Fills the file with jobs in one state, faster than through anybody's interface. `from`: their first number. */
export function fill(
  database: Database.Database,
  state: typeof PENDING | typeof SUCCEEDED,
  count: number,
  from = 0,
): void {
  const now = Date.now()
  database.exec('BEGIN IMMEDIATE')
  database
    .prepare(
      `WITH RECURSIVE series (n) AS (SELECT :from UNION ALL SELECT n + 1 FROM series WHERE n + 1 < :end)
      INSERT INTO millrace_job ${COLUMNS}
      SELECT printf('${ID_FORMAT}', n), '${TASK}', '${QUEUE}', :state, 0, :now, :now, 1, 5,
        '{"n":' || n || ',"at":0,"text":"' || :text || '"}', NULL, NULL
      FROM series`,
    )
    .run({ from, end: from + count, state, now, text: TEXT })
  database
    .prepare(
      `INSERT INTO millrace_count (queue, state, n) VALUES (?, ?, ?)
      ON CONFLICT (queue, state) DO UPDATE SET n = n + excluded.n`,
    )
    .run(QUEUE, state, count)
  database.exec('COMMIT')
}

/** What makes an input as long as a real one. */
export const TEXT = 'x'.repeat(64)
