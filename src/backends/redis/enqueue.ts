/**
 * Storing new jobs, many a call.
 * @module
 */
import type { EnqueueOutcome, EnqueueReceipt, NewJob } from '../../contract/index.ts'
import { FLAG, flagsOf, rankOf, readBody, writeRest } from './body.ts'
import type { RedisConnection } from './connection.ts'
import { isUuid, keyOf } from './job-key.ts'
import { stateBits } from './record.ts'
import { RequestWriter } from './request.ts'

/** Most jobs of one call, and about the most bytes: the server does nothing else for a few ms then. */
const MOST_JOBS = 250
const MOST_BYTES = 1 << 18

const OUTCOMES: readonly EnqueueOutcome[] = ['created', 'deduplicated', 'replaced', 'rescheduled']
const CONFLICTS = ['skip', 'replace', 'reschedule'] as const

/** Stores the jobs, in their order. More than a call carries go in several, each atomic by itself. */
export async function enqueue(
  connection: RedisConnection,
  jobs: readonly NewJob[],
): Promise<EnqueueReceipt[]> {
  const receipts: EnqueueReceipt[] = []
  let from = 0
  while (from < jobs.length) {
    const packed = new RequestWriter()
    let to = from
    while (to < jobs.length && to - from < MOST_JOBS && packed.size < MOST_BYTES) {
      writeJob(packed, jobs[to] as NewJob)
      to += 1
    }
    const reply = await connection.ask('enqueue', new RequestWriter().u16(to - from).raw(packed.done()))
    for (const job of jobs.slice(from, to)) {
      const outcome = OUTCOMES[reply.u8()] ?? 'deduplicated'
      const holder = reply.bytes()
      receipts.push({ id: holder.length === 0 ? job.id : readBody(holder).id, outcome })
    }
    from = to
  }
  return receipts
}

function writeJob(writer: RequestWriter, job: NewJob): void {
  const { unique, tags } = job
  writer.raw(keyOf(job.id)).u8(rankOf(job.priority))
  writer.u8(flagsOf(job) | (unique === null ? 0 : FLAG.keyed))
  if (job.dueAt === null) writer.u8(0).ms(job.delayMs)
  else writer.u8(1).ms(job.dueAt)
  if (job.expiresAt !== null) writer.u8(2).ms(job.expiresAt)
  else writer.u8(job.expiresInMs === null ? 0 : 1).ms(job.expiresInMs ?? 0)
  writeRest(writer, job)
  if (!isUuid(job.id)) writer.short(job.id)
  if (unique !== null) {
    writer.short(unique.key).u8(CONFLICTS.indexOf(unique.conflict))
    writer.ms(unique.forMs ?? 0).u8(stateBits(unique.states))
  }
  if (tags.length > 0) writeTags(writer, tags)
}

/** Writes tags, each once. */
export function writeTags(writer: RequestWriter, tags: readonly string[]): void {
  const all = new Set(tags)
  writer.u16(all.size)
  for (const tag of all) writer.short(tag)
}
