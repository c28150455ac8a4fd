/**
 * Facet `checkpoints`: what a handler has already done.
 * @module
 */
import {
  type Checkpoint,
  type CheckpointsFacet,
  type ClaimRef,
  LeaseLostError,
} from '../../contract/index.ts'
import type { RedisConnection } from './connection.ts'
import { KEY_BYTES, keyOf } from './job-key.ts'
import { ReplyReader } from './reply.ts'
import { RequestWriter } from './request.ts'

const BEGIN = 0
const COMPLETE = 1
const FORGET = 2

/** The facet. */
export function checkpointsFacet(connection: RedisConnection): CheckpointsFacet {
  const act = async (act: number, job: ClaimRef, key: string, value = ''): Promise<ReplyReader> => {
    const request = new RequestWriter().u8(act)
    if (typeof job.ref === 'number') request.u40(job.ref).raw(Buffer.alloc(KEY_BYTES))
    else request.u40(0).raw(keyOf(job.id))
    const reply = await connection.run('checkpoint', request.u48(job.token).long(value).short(key))
    if (reply === null) {
      throw new LeaseLostError(`Another attempt owns job ${job.id} by now, so '${key}' was not stored.`, {
        jobId: job.id,
        queue: job.queue,
      })
    }
    return new ReplyReader(reply as Buffer)
  }
  return {
    async begin(job, key) {
      const reply = await act(BEGIN, job, key)
      return reply.u8() === 0 ? null : readCheckpoint(key, reply.rest())
    },
    async complete(job, key, value) {
      await act(COMPLETE, job, key, writeCheckpoint('done', value))
    },
    async forget(job, key) {
      await act(FORGET, job, key)
    },
  }
}

/** A checkpoint as it is stored: a letter for what it is, and its value. */
export function writeCheckpoint(status: Checkpoint['status'], value: string | null): string {
  if (status === 'started') return 's'
  return value === null ? 'n' : `d${value}`
}

/** As {@link writeCheckpoint}, read. */
export function readCheckpoint(key: string, stored: string): Checkpoint {
  const value = stored.startsWith('d') ? stored.slice(1) : null
  return { key, status: stored.startsWith('s') ? 'started' : 'done', value }
}
