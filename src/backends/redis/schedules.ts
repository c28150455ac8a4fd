/**
 * Facet `schedules`: rows with their next time, and what they fired.
 * @module
 */
import type {
  EnqueueReceipt,
  FiringRecord,
  NewJob,
  ScheduleChange,
  ScheduleRecord,
  SchedulesFacet,
  ScheduleWritten,
} from '../../contract/index.ts'
import { readBody } from './body.ts'
import type { RedisConnection } from './connection.ts'
import { packJobs, readReceipts } from './enqueue.ts'
import { ReplyReader } from './reply.ts'
import { RequestWriter } from './request.ts'

/** The facet. */
export function schedulesFacet(connection: RedisConnection): SchedulesFacet {
  return {
    async get(names) {
      const reply = await connection.ask('getSchedules', named(names))
      return names.map(() => readRow(reply.bytes()))
    },

    async list({ limit, after }) {
      const reply = await connection.ask(
        'listSchedules',
        new RequestWriter().u32(limit + 1).short(after ?? ''),
      )
      const rows: ScheduleRecord[] = []
      while (!reply.ended) addRow(rows, reply.bytes())
      const schedules = rows.slice(0, limit)
      return { schedules, next: rows.length > limit ? (schedules.at(-1)?.name ?? null) : null }
    },

    async due(limit) {
      const reply = await connection.ask('dueSchedules', new RequestWriter().u32(limit))
      const [now, next] = [reply.u48(), reply.u48()]
      const rows = (): ScheduleRecord[] => {
        const found: ScheduleRecord[] = []
        for (let left = reply.u32(); left > 0; left--) addRow(found, reply.bytes())
        return found
      }
      return { now, due: rows(), held: rows(), nextInMs: next === 0 ? null : next - now }
    },

    async write(changes) {
      const answers: ScheduleWritten[] = []
      for (const change of changes) answers.push(await writeOne(connection, change))
      return answers
    },

    async remove(names) {
      const reply = await connection.ask('removeSchedules', named(names))
      return names.map(() => reply.u8() === 1)
    },

    async history(name, { limit, after }) {
      const request = new RequestWriter()
        .short(name)
        .u32(limit + 1)
        .ms(after === null ? 0 : Number(after))
      const reply = await connection.ask('listFirings', request)
      const found: { readonly number: number; readonly firing: FiringRecord }[] = []
      while (!reply.ended) found.push(readFiring(new ReplyReader(reply.bytes())))
      const last = found[limit - 1]
      return {
        firings: found.slice(0, limit).map(({ firing }) => firing),
        next: found.length > limit && last !== undefined ? String(last.number) : null,
      }
    },
  }
}

async function writeOne(
  connection: RedisConnection,
  { schedule, firings }: ScheduleChange,
): Promise<ScheduleWritten> {
  const { name, revision, paused, nextAt, heldAt } = schedule
  const request = new RequestWriter()
    .short(name)
    .u48(revision)
    .u8(paused ? 1 : 0)
  for (const time of [nextAt, heldAt]) request.u8(time === null ? 0 : 1).ms(time ?? 0)
  request.long(JSON.stringify(schedule)).u16(firings.length)
  const jobs: NewJob[] = []
  for (const { job, ...firing } of firings) {
    if (job !== null) jobs.push(job)
    request.u8(job === null ? 0 : 1).long(JSON.stringify({ ...firing, jobId: job?.id ?? null }))
  }
  if (jobs.length > 0) request.raw(packJobs(jobs, jobs.length).request.done())
  const reply = await connection.ask('writeSchedule', request)
  if (reply.u8() === 0) return { written: false, receipts: [] }
  const receipts: readonly EnqueueReceipt[] = readReceipts(reply, jobs)
  return { written: true, receipts }
}

function named(names: readonly string[]): RequestWriter {
  const request = new RequestWriter().u16(names.length)
  for (const name of names) request.short(name)
  return request
}

function readRow(bytes: Buffer): ScheduleRecord | null {
  if (bytes.length === 0) return null
  const reader = new ReplyReader(bytes)
  const revision = reader.u48()
  return { ...(JSON.parse(reader.rest()) as ScheduleRecord), revision }
}

function addRow(rows: ScheduleRecord[], bytes: Buffer): void {
  const row = readRow(bytes)
  if (row !== null) rows.push(row)
}

function readFiring(reader: ReplyReader): { readonly number: number; readonly firing: FiringRecord } {
  const [number, at] = [reader.u48(), reader.u48()]
  const holder = reader.bytes()
  const { jobId, ...firing } = JSON.parse(reader.rest()) as FiringRecord
  return { number, firing: { ...firing, at, jobId: holder.length === 0 ? jobId : readBody(holder).id } }
}
