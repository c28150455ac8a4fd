/**
 * A SQLite file with Millrace's schema, opened with better-sqlite3 alone.
 * @module
 */
import Database from 'better-sqlite3'
import { sqlite } from 'millrace/sqlite'
import { TEXT } from '../input.ts'
import type { OpenSettings } from '../system.ts'

/** The queue and the task of all jobs in here. */
export const QUEUE = 'default'
export const TASK = 'bench'

const COLUMNS =
  '(id, task, queue, priority, due_at, created_at, version, max_attempts, payload, expires_at, options)'

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
  return `INSERT INTO millrace_job ${COLUMNS} VALUES ${Array(rows).fill('(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`
}

const ID_START = '01a00000-0000-7000-8000-'
const ID_FORMAT = `${ID_START}%012x`

/** An id that sorts like the UUIDv7 of a job stored `n`th. */
export function idOf(n: number): string {
  return ID_START + n.toString(16).padStart(12, '0')
}

/** How many jobs to fill a file with. Finished ones are the older ones. */
export interface Filling {
  readonly finished: number
  readonly waiting: number
}

/** Fills a fresh file, faster than through anybody's interface. */
export function fill(database: Database.Database, { finished, waiting }: Filling): void {
  const now = Date.now()
  database.exec('BEGIN IMMEDIATE')
  database
    .prepare(
      `WITH RECURSIVE series (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n + 1 < :jobs)
      INSERT INTO millrace_job ${COLUMNS}
      SELECT printf('${ID_FORMAT}', n), '${TASK}', '${QUEUE}', 0, :now, :now, 1, 5,
        '{"n":' || n || ',"at":0,"text":"${TEXT}"}', NULL, NULL
      FROM series`,
    )
    .run({ jobs: finished + waiting, now })
  database
    .prepare(
      `INSERT INTO millrace_finished (seq, state, attempt, token, lost, worker, started_at, finished_at)
      SELECT seq, 5, 1, 1, 0, 'bench', ?, ? FROM millrace_job ORDER BY seq LIMIT ?`,
    )
    .run(now, now, finished)
  database
    .prepare(
      `INSERT INTO millrace_waiting (queue, rank, due_at, seq, state, attempt, token, lost)
      SELECT queue, -priority, due_at, seq, 1, 0, 0, 0 FROM millrace_job ORDER BY seq LIMIT -1 OFFSET ?`,
    )
    .run(finished)
  const count = database.prepare('INSERT INTO millrace_count (queue, state, n, entered) VALUES (?, ?, ?, ?)')
  count.run(QUEUE, 5, finished, finished)
  count.run(QUEUE, 1, waiting, waiting)
  database.exec('COMMIT')
}
