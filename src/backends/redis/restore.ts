/**
 * Storing jobs that lived in another store, whole.
 * @module
 */
import type { AttemptRecord, StoredJob } from '../../contract/index.ts'
import { FLAG, flagsOf, rankOf, writeRest } from './body.ts'
import { writeCheckpoint } from './checkpoints.ts'
import type { RedisConnection } from './connection.ts'
import { writeTags } from './enqueue.ts'
import { isUuid, keyOf } from './job-key.ts'
import { stateBits, writeAttempt, writeRecord } from './record.ts'
import { RequestWriter } from './request.ts'

/** Most jobs of one call, and about the most bytes: the server does nothing else for a few ms then. */
const MOST_JOBS = 200
const MOST_BYTES = 1 << 20

/** Stores those that are not there yet. */
export async function restore(connection: RedisConnection, jobs: readonly StoredJob[]): Promise<void> {
  let from = 0
  while (from < jobs.length) {
    const packed = new RequestWriter()
    let to = from
    while (to < jobs.length && to - from < MOST_JOBS && packed.size < MOST_BYTES) {
      writeStored(packed, jobs[to] as StoredJob)
      to += 1
    }
    await connection.run('restore', new RequestWriter().u16(to - from).raw(packed.done()))
    from = to
  }
}

function writeStored(writer: RequestWriter, stored: StoredJob): void {
  const { job, unique, checkpoints, logs } = stored
  writer
    .raw(keyOf(job.id))
    .u8(rankOf(job.priority))
    .u8(flagsOf(job) | (unique === null ? 0 : FLAG.keyed))
  writer
    .ms(job.createdAt)
    .ms(job.dueAt)
    .ms(job.expiresAt ?? 0)
  writeRest(writer, job)
  writeRecord(writer, job)
  if (!isUuid(job.id)) writer.short(job.id)
  if (job.tags.length > 0) writeTags(writer, job.tags)
  if (unique !== null)
    writer
      .short(unique.key)
      .ms(unique.until ?? 0)
      .u8(stateBits(unique.states))
  writer.long(job.progress === null ? '' : JSON.stringify(job.progress))
  const ended = endedAttempts(stored)
  writer.u16(ended.length)
  for (const attempt of ended) writer.sized(() => writeAttempt(writer, attempt))
  writer.u32(logs.length)
  for (const line of logs) writer.long(JSON.stringify(line))
  writer.u16(checkpoints.length)
  for (const { key, status, value } of checkpoints) writer.short(key).long(writeCheckpoint(status, value))
}

/** The attempt that runs, or led to success, is read off the record; kept as well, it would show twice. */
function endedAttempts({ job, attempts }: StoredJob): readonly AttemptRecord[] {
  return attempts.filter(({ outcome }, at) => {
    const success = outcome === 'succeeded' && job.state === 'succeeded' && at === attempts.length - 1
    return outcome !== 'running' && !success
  })
}
