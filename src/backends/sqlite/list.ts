/**
 * Listing jobs, in the order in which they were stored, page by page from where the last one ended.
 * @module
 */
import { InvalidOptionError, type JobFilter, type JobPage, type PageRequest } from '../../contract/index.ts'
import { type JobRow, STATE, toRecord } from '../_sql/rows.ts'
import type { SqlValue } from './driver.ts'
import type { SqliteSession } from './session.ts'

/** See {@link isRare}. */
const SORTABLE = 20_000

/** One page. The cursor is the place of the last job of the page before. */
export function list(session: SqliteSession, filter: JobFilter, page: PageRequest): JobPage {
  if (!Number.isInteger(page.limit) || page.limit < 1 || page.limit > 1000) {
    throw new InvalidOptionError('limit', `A page holds 1 to 1,000 jobs, not ${page.limit}.`)
  }
  const conditions: string[] = []
  const params: SqlValue[] = []
  const where = (condition: string, ...values: SqlValue[]): void => {
    conditions.push(condition)
    params.push(...values)
  }
  const states = filter.states?.map((state) => STATE[state])
  if (states !== undefined) {
    where(`state IN (${states.join(', ') || 'NULL'})`)
    if (isRare(session, states)) where(`seq IN (${placesOf(states)})`)
  }
  if (filter.queues !== undefined)
    where('queue IN (SELECT value FROM json_each(?))', JSON.stringify(filter.queues))
  if (filter.tasks !== undefined)
    where('task IN (SELECT value FROM json_each(?))', JSON.stringify(filter.tasks))
  if (filter.reasons !== undefined)
    where('reason IN (SELECT value FROM json_each(?))', JSON.stringify(filter.reasons))
  for (const tag of filter.tags ?? []) where('seq IN (SELECT seq FROM millrace_tag WHERE tag = ?)', tag)
  if (filter.createdFrom !== undefined) where('created_at >= ?', filter.createdFrom)
  if (filter.createdBefore !== undefined) where('created_at < ?', filter.createdBefore)
  if (filter.text !== undefined) {
    const like = `%${filter.text.replace(/[\\%_]/g, '\\$&')}%`
    const columns = ['id', 'task', 'payload', "coalesce(error ->> 'message', '')"]
    where(
      `(${columns.map((column) => `${column} LIKE ? ESCAPE '\\'`).join(' OR ')})`,
      ...columns.map(() => like),
    )
  }
  const newest = page.order === 'newest'
  if (page.after !== null) where(`seq ${newest ? '<' : '>'} ?`, parseCursor(page.after))
  // Not kept prepared: there are as many texts as ways to filter.
  const rows = session.database
    .prepare(
      `SELECT * FROM millrace_record${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`}
       ORDER BY seq ${newest ? 'DESC' : 'ASC'} LIMIT ?`,
    )
    .all(...params, page.limit + 1) as JobRow[]
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  return {
    jobs: shown.map(toRecord),
    next: rows.length > shown.length && last !== undefined ? String(last.seq) : null,
  }
}

/** Whether the states hold few enough jobs to be looked up and sorted; else walking all jobs finds a page sooner. */
function isRare(session: SqliteSession, states: readonly number[]): boolean {
  if (states.length === 0 || states.includes(STATE.succeeded)) return false
  const total = states.reduce(
    (sum, state) => sum + (session.get<{ n: number }>('stateTotal', state)?.n ?? 0),
    0,
  )
  return total <= SORTABLE
}

/**
 * A listing by state looks into the tables of those states, since the jobs themselves do not know theirs.
 * What is rare is thus found at once, however many other jobs there are.
 */
function placesOf(states: readonly number[]): string {
  const tables: string[] = []
  const waiting = states.filter((state) => state <= STATE.retrying)
  if (waiting.length > 0)
    tables.push(`SELECT seq FROM millrace_waiting WHERE state IN (${waiting.join(', ')})`)
  if (states.includes(STATE.blocked)) tables.push('SELECT seq FROM millrace_held')
  if (states.includes(STATE.active)) tables.push('SELECT seq FROM millrace_lease')
  if (states.includes(STATE.failed))
    tables.push(`SELECT seq FROM millrace_finished WHERE state > 5 AND state = ${STATE.failed}`)
  if (states.includes(STATE.cancelled))
    tables.push(`SELECT seq FROM millrace_finished WHERE state > 5 AND state = ${STATE.cancelled}`)
  return tables.join(' UNION ALL ')
}

function parseCursor(cursor: string): number {
  const seq = /^\d+$/.test(cursor) ? Number(cursor) : Number.NaN
  if (!Number.isSafeInteger(seq)) {
    throw new InvalidOptionError(
      'after',
      `"${cursor}" is not a page cursor of this store. Pass on the "next" of the page before.`,
    )
  }
  return seq
}
