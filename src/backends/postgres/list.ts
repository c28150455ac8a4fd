/**
 * Listing jobs, in the order in which they were stored, page by page from where the last one ended.
 * @module
 */
import { InvalidOptionError, type JobFilter, type JobPage, type PageRequest } from '../../contract/index.ts'
import { type JobRow, STATE, toRecord } from '../_sql/rows.ts'
import { numbers, texts, withoutNul } from './array.ts'
import type { SqlValue } from './driver.ts'
import type { PostgresSession } from './session.ts'

/** Up to so many jobs are looked up by state and sorted; with more, walking all jobs finds a page sooner. */
const SORTABLE = 20_000

/** The message of an error. Its JSON may hold escapes that text in Postgres cannot: NUL and half surrogate pairs. */
const MESSAGE = `regexp_replace(error, '\\\\u(0000|d[89a-f][0-9a-f]{2})', '\\\\ufffd', 'g')::json ->> 'message'`

/** One page. The cursor is the place of the last job of the page before. */
export async function list(session: PostgresSession, filter: JobFilter, page: PageRequest): Promise<JobPage> {
  if (!Number.isInteger(page.limit) || page.limit < 1 || page.limit > 1000) {
    throw new InvalidOptionError('limit', `A page holds 1 to 1,000 jobs, not ${page.limit}.`)
  }
  const after = page.after === null ? null : parseCursor(page.after)
  const { conditions, params } = conditionsOf(filter)
  const states = filter.states?.map((state) => STATE[state])
  if (states !== undefined) {
    conditions.push(`state IN (${states.join(', ') || 'NULL'})`)
    if (await isRare(session, states)) conditions.push(`seq IN (${placesOf(states)})`)
  }
  const newest = page.order === 'newest'
  if (after !== null) conditions.push(`seq ${newest ? '<' : '>'} ${after}`)
  const rows = await session.composed<{ row: string }>(
    `SELECT row_to_json(r)::text AS row FROM (SELECT * FROM millrace.record
     ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
     ORDER BY seq ${newest ? 'DESC' : 'ASC'} LIMIT ${page.limit + 1}) AS r`,
    params,
  )
  const shown = rows.slice(0, page.limit).map(({ row }) => JSON.parse(row) as JobRow)
  const last = shown.at(-1)
  return {
    jobs: shown.map(toRecord),
    next: rows.length > shown.length && last !== undefined ? String(last.seq) : null,
  }
}

function conditionsOf(filter: JobFilter): { conditions: string[]; params: SqlValue[] } {
  const conditions: string[] = []
  const params: SqlValue[] = []
  const value = (param: SqlValue) => `$${params.push(param)}`
  if (filter.queues !== undefined) conditions.push(`queue = ANY (${value(texts(filter.queues))}::text[])`)
  if (filter.tasks !== undefined) conditions.push(`task = ANY (${value(texts(filter.tasks))}::text[])`)
  if (filter.reasons !== undefined) conditions.push(`reason = ANY (${value(texts(filter.reasons))}::text[])`)
  for (const tag of filter.tags ?? [])
    conditions.push(`seq IN (SELECT seq FROM millrace.tag WHERE tag = ${value(withoutNul(tag))}::text)`)
  if (filter.createdFrom !== undefined)
    conditions.push(`created_at >= ${value(filter.createdFrom)}::double precision`)
  if (filter.createdBefore !== undefined)
    conditions.push(`created_at < ${value(filter.createdBefore)}::double precision`)
  if (filter.text !== undefined) {
    const like = `${value(`%${withoutNul(filter.text).replace(/[\\%_]/g, '\\$&')}%`)}::text`
    const columns = ['id', 'task', 'payload', `coalesce(${MESSAGE}, '')`]
    conditions.push(`(${columns.map((column) => `${column} ILIKE ${like}`).join(' OR ')})`)
  }
  return { conditions, params }
}

/** Whether the states hold few enough jobs to be looked up and sorted. */
async function isRare(session: PostgresSession, states: readonly number[]): Promise<boolean> {
  if (states.length === 0 || states.includes(STATE.succeeded)) return false
  const { n } = await session.one<{ n: string }>('stateTotal', numbers(states))
  return Number(n) <= SORTABLE
}

/**
 * A listing by state looks into the tables of those states, since the jobs themselves do not know theirs.
 * What is rare is thus found at once, however many other jobs there are.
 */
function placesOf(states: readonly number[]): string {
  const tables: string[] = []
  const waiting = states.filter((state) => state <= STATE.retrying)
  const ended = states.filter((state) => state >= STATE.failed)
  if (waiting.length > 0)
    tables.push(`SELECT seq FROM millrace.waiting WHERE state IN (${waiting.join(', ')})`)
  if (states.includes(STATE.blocked)) tables.push('SELECT seq FROM millrace.held')
  if (states.includes(STATE.active)) tables.push('SELECT seq FROM millrace.active')
  if (ended.length > 0) tables.push(`SELECT seq FROM millrace.ended WHERE state IN (${ended.join(', ')})`)
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
