/**
 * Storing new jobs, many a call.
 * @module
 */
import type { EnqueueOutcome, EnqueueReceipt, NewJob } from '../../contract/index.ts'
import { FLAG, flagsOf, rankOf, readBody, writeRest } from './body.ts'
import type { RedisConnection } from './connection.ts'
import { isUuid, keyOf } from './job-key.ts'
import { stateBits } from './record.ts'
import type { ReplyReader } from './reply.ts'
import { RequestWriter } from './request.ts'

/** Most jobs of one call, and about the most bytes: the server does nothing else for some ms then. */
const MOST_JOBS = 1_000
const MOST_BYTES = 1 << 20

const OUTCOMES: readonly EnqueueOutcome[] = ['created', 'deduplicated', 'replaced', 'rescheduled']
const CONFLICTS = ['skip', 'replace', 'reschedule'] as const

/** Stores the jobs, in their order and in one step; more than a call carries go in several steps. */
export async function enqueue(
  connection: RedisConnection,
  jobs: readonly NewJob[],
): Promise<EnqueueReceipt[]> {
  const receipts: EnqueueReceipt[] = []
  while (receipts.length < jobs.length) {
    const { request, count } = packJobs(
      receipts.length === 0 ? jobs : jobs.slice(receipts.length, receipts.length + MOST_JOBS),
      MOST_JOBS,
      MOST_BYTES,
    )
    const reply = await connection.ask('enqueue', request)
    receipts.push(...readReceipts(reply, jobs.slice(receipts.length, receipts.length + count)))
  }
  return receipts
}

/** The first of the jobs, as the script takes them: as many as the limits allow. Answers how many. */
export function packJobs(
  jobs: readonly NewJob[],
  mostJobs: number,
  mostBytes = Number.POSITIVE_INFINITY,
): { readonly request: RequestWriter; readonly count: number } {
  const packed = new RequestWriter()
  const lines = new Lines()
  let count = 0
  while (count < jobs.length && count < mostJobs && packed.size < mostBytes) {
    const job = jobs[count] as NewJob
    packed.u8(isPlain(job) ? 1 : 0).sized(() => writeJob(packed, job, lines.at(job)))
    count += 1
  }
  return { request: lines.write(new RequestWriter()).u16(count).raw(packed.done()), count }
}

/** What the script says has become of the jobs. */
export function readReceipts(reply: ReplyReader, jobs: readonly NewJob[]): EnqueueReceipt[] {
  return jobs.map((job) => {
    const outcome = OUTCOMES[reply.u8()] ?? 'deduplicated'
    const holder = reply.bytes()
    return { id: holder.length === 0 ? job.id : readBody(holder).id, outcome }
  })
}

/** The lines in which jobs of one call will stand: one for each queue and rank. */
class Lines {
  readonly #places = new Map<string, Map<number, number>>()
  #size = 0

  /** The place of a job's line, from 1. */
  at({ queue, priority }: NewJob): number {
    let ranks = this.#places.get(queue)
    if (ranks === undefined) {
      ranks = new Map()
      this.#places.set(queue, ranks)
    }
    const rank = rankOf(priority)
    let place = ranks.get(rank)
    if (place === undefined) {
      this.#size += 1
      place = this.#size
      ranks.set(rank, place)
    }
    return place
  }

  write(writer: RequestWriter): RequestWriter {
    const lines: { readonly queue: string; readonly rank: number }[] = []
    for (const [queue, ranks] of this.#places)
      for (const [rank, place] of ranks) lines[place - 1] = { queue, rank }
    writer.u16(lines.length)
    for (const { queue, rank } of lines) writer.short(queue).u8(rank)
    return writer
  }
}

/** True for what the script need not take apart. */
function isPlain(job: NewJob): boolean {
  const atOnce = job.dueAt === null && !(job.delayMs > 0)
  const lasts = job.expiresAt === null && job.expiresInMs === null
  return atOnce && lasts && job.unique === null && job.tags.length === 0 && isUuid(job.id)
}

function writeJob(writer: RequestWriter, job: NewJob, line: number): void {
  const { unique, tags } = job
  writer.u16(line).u8(flagsOf(job) | (unique === null ? 0 : FLAG.keyed))
  writer.raw(keyOf(job.id)).u8(rankOf(job.priority))
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
