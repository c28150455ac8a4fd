/**
 * Listing jobs, in the order in which they were stored, page by page from where the last one ended.
 * @module
 */
import { InvalidOptionError, type JobFilter, type JobPage, type PageRequest } from '../../contract/index.ts'
import type { SqlValue } from './driver.ts'
import { type JobRow, STATE, toRecord } from './rows.ts'
import type { SqliteSession } from './session.ts'

/** Up to so many waiting or active jobs are sorted; above it, walking the table finds a page sooner. */
const SORTABLE = 20_000

/** One page. The cursor is the place of the last job of the page before. */
export function list(session: SqliteSession, filter: JobFilter, page: PageRequest): JobPage {
  const conditions: string[] = []
  const params: SqlValue[] = []
  const where = (condition: string, ...values: SqlValue[]): void => {
    conditions.push(condition)
    params.push(...values)
  }
  const states = filter.states?.map((state) => STATE[state])
  if (states !== undefined) where(`state IN (${states.join(', ') || 'NULL'})`)
  if (filter.queues !== undefined) where('queue IN (SELECT value FROM json_each(?))', JSON.stringify(filter.queues))
  if (filter.tasks !== undefined) where('task IN (SELECT value FROM json_each(?))', JSON.stringify(filter.tasks))
  if (filter.reasons !== undefined) where('reason IN (SELECT value FROM json_each(?))', JSON.stringify(filter.reasons))
  for (const tag of filter.tags ?? []) where('seq IN (SELECT seq FROM millrace_tag WHERE tag = ?)', tag)
  if (filter.createdFrom !== undefined) where('created_at >= ?', filter.createdFrom)
  if (filter.createdBefore !== undefined) where('created_at < ?', filter.createdBefore)
  if (filter.text !== undefined) {
    const like = `%${filter.text.replace(/[\\%_]/g, '\\$&')}%`
    const columns = ['id', 'task', 'payload', "coalesce(error ->> 'message', '')"]
    where(`(${columns.map((column) => `${column} LIKE ? ESCAPE '\\'`).join(' OR ')})`, ...columns.map(() => like))
  }
  const newest = page.order === 'newest'
  if (page.after !== null) where(`seq ${newest ? '<' : '>'} ?`, parseCursor(page.after))
  const rows = session
    .composed(
      `SELECT * FROM millrace_job ${indexFor(session, states)}${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`}
       ORDER BY seq ${newest ? 'DESC' : 'ASC'} LIMIT ${page.limit + 1}`,
    )
    .all(...params) as JobRow[]
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  return { jobs: shown.map(toRecord), next: rows.length > shown.length && last !== undefined ? String(last.seq) : null }
}

/**
 * SQLite keeps no statistics for us, and a wrong guess reads a million rows. A single finished state has an
 * index in the listing's order; few waiting or active jobs are read off their index and sorted.
 */
function indexFor(session: SqliteSession, states: readonly number[] | undefined): string {
  if (states === undefined || states.length === 0) return 'NOT INDEXED'
  if (states.length === 1 && (states[0] ?? 0) >= STATE.succeeded) return 'INDEXED BY millrace_job_finished'
  if (states.length === 1 && states[0] === STATE.active) return 'INDEXED BY millrace_job_active'
  if (states.every((state) => state <= STATE.retrying) && waitingTotal(session) <= SORTABLE) {
    return 'INDEXED BY millrace_job_waiting'
  }
  return ''
}

function waitingTotal(session: SqliteSession): number {
  return session.get<{ n: number }>('waitingTotal')?.n ?? 0
}

function parseCursor(cursor: string): number {
  const seq = Number(cursor)
  if (!Number.isSafeInteger(seq) || seq < 0) {
    throw new InvalidOptionError('after', `"${cursor}" is not a page cursor of this store. Pass on the "next" of the page before.`)
  }
  return seq
}
