/**
 * Reading jobs back, with what is kept with them.
 * @module
 */
import type {
  AttemptRecord,
  Checkpoint,
  HeldKey,
  JobLogLine,
  JobRecord,
  StoredJob,
} from '../../contract/index.ts'
import { readBody } from './body.ts'
import { readCheckpoint } from './checkpoints.ts'
import type { RedisConnection } from './connection.ts'
import { writeKeys } from './job-key.ts'
import { readAttempt, readRecord, statesOf } from './record.ts'
import type { ReplyReader } from './reply.ts'
import { RequestWriter } from './request.ts'

/** Most jobs read in one call: the server does nothing else for a few ms then. */
const MOST = 500

/** What is asked for beside the record. */
export const KEPT = { nothing: 0, attempts: 1, logs: 2, all: 15 } as const

/** What a reader finds of a job. */
export interface FoundJob extends StoredJob {
  /** Its place in the order of storing. */
  readonly seq: number
}

/** The jobs in the order of their ids, or null. */
export async function readJobs(
  connection: RedisConnection,
  ids: readonly string[],
  what: number,
  mostLogs = 0,
): Promise<(FoundJob | null)[]> {
  const found: (FoundJob | null)[] = []
  for (let from = 0; from < ids.length; from += MOST) {
    const some = ids.slice(from, from + MOST)
    const request = writeKeys(new RequestWriter().u8(what).u24(mostLogs), some)
    const reply = await connection.ask('get', request)
    for (const _ of some) found.push(reply.u8() === 0 ? null : readFound(reply))
  }
  return found
}

/** Reads one job, as `get.lua` describes it. */
export function readFound(reply: ReplyReader): FoundJob {
  const seq = reply.u40()
  const body = readBody(reply.bytes())
  const job = readRecord(body, reply.bytes(), reply.long())
  const ended = Array.from({ length: reply.u32() }, () => readAttempt(reply.bytes()))
  const logs = Array.from({ length: reply.u32() }, () => JSON.parse(reply.long()) as JobLogLine)
  const checkpoints: Checkpoint[] = Array.from({ length: reply.u32() }, () =>
    readCheckpoint(reply.long(), reply.long()),
  )
  return { seq, job, attempts: [...ended, ...current(job)], logs, checkpoints, unique: readKey(reply) }
}

/** Ended attempts are stored; the running or successful one is read off the job. */
function current(job: JobRecord): AttemptRecord[] {
  const outcome = job.state === 'active' ? 'running' : job.state === 'succeeded' ? 'succeeded' : null
  if (outcome === null || job.startedAt === null) return []
  const { attempt, worker, startedAt, finishedAt } = job
  return [{ attempt, outcome, worker, startedAt, finishedAt, error: null }]
}

function readKey(reply: ReplyReader): HeldKey | null {
  const [key, until, states] = [reply.short(), reply.u48(), reply.u8()]
  return key === '' ? null : { key, until: until === 0 ? null : until, states: statesOf(states) }
}
