/**
 * Listing jobs, in the order in which they were stored, page by page from where the last one ended.
 * @module
 */
import {
  InvalidOptionError,
  JOB_STATES,
  type JobFilter,
  type JobPage,
  type JobRecord,
  type PageRequest,
} from '../../contract/index.ts'
import type { RedisConnection } from './connection.ts'
import { type FoundJob, readFound } from './read.ts'
import { reasonBits, stateBits } from './record.ts'
import { RequestWriter } from './request.ts'

/** One page. The cursor is the place of the last job of the page before. */
export async function list(
  connection: RedisConnection,
  filter: JobFilter,
  page: PageRequest,
): Promise<JobPage> {
  if (!Number.isInteger(page.limit) || page.limit < 1 || page.limit > 1000) {
    throw new InvalidOptionError('limit', `A page holds 1 to 1,000 jobs, not ${page.limit}.`)
  }
  const newest = page.order === 'newest'
  let from = page.after === null ? 0 : parseCursor(page.after) + (newest ? -1 : 1)
  const found: FoundJob[] = []
  if (isEmpty(filter) || (newest && page.after !== null && from <= 0)) return { jobs: [], next: null }
  do {
    // One more than asked for tells whether there is a next page.
    const reply = await connection.ask('list', request(filter, newest, from, page.limit + 1 - found.length))
    from = reply.u40()
    while (!reply.ended) {
      const one = readFound(reply)
      if (fits(one.job, filter)) found.push(one)
    }
  } while (from > 0 && found.length <= page.limit)
  const shown = found.slice(0, page.limit)
  const last = shown.at(-1)
  return {
    jobs: shown.map((one) => one.job),
    next: found.length > shown.length && last !== undefined ? String(last.seq) : null,
  }
}

/** A condition that no job fulfils. */
function isEmpty({ states, queues, tasks, reasons }: JobFilter): boolean {
  return [states, queues, tasks, reasons].some((given) => given?.length === 0)
}

function request(filter: JobFilter, newest: boolean, from: number, limit: number): RequestWriter {
  const { states = JOB_STATES, reasons = [], createdFrom = 0, createdBefore, tags = [] } = filter
  const writer = new RequestWriter()
  writer
    .u8(newest ? 1 : 0)
    .u40(from)
    .u16(limit)
    .u8(stateBits(states))
    .u16(reasonBits(reasons))
  // A bound of 0 is none, and before 1970 there are no jobs.
  writer.ms(createdFrom).ms(createdBefore === undefined ? 0 : Math.max(1, createdBefore))
  for (const names of [filter.queues, filter.tasks]) {
    writer.u8(names === undefined ? 0 : 1).u16(names?.length ?? 0)
    for (const name of names ?? []) writer.short(name)
  }
  return writer.short(tags[0] ?? '')
}

/** The conditions that the script leaves to its caller. */
function fits(job: JobRecord, { tags = [], text }: JobFilter): boolean {
  if (!tags.every((tag) => job.tags.includes(tag))) return false
  if (text === undefined) return true
  const wanted = text.toLowerCase()
  return [job.id, job.task, job.payload, job.error?.message ?? ''].some((one) =>
    one.toLowerCase().includes(wanted),
  )
}

function parseCursor(cursor: string): number {
  const seq = /^[1-9]\d{0,12}$/.test(cursor) ? Number(cursor) : Number.NaN
  if (seq < 2 ** 40) return seq
  throw new InvalidOptionError(
    'after',
    `"${cursor}" is not a page cursor of this store. Pass on the "next" of the page before.`,
  )
}
