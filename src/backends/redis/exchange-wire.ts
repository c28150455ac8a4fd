/**
 * An exchange as it goes over the wire: see scripts/exchange.lua.
 * @module
 */
import type { ClaimedJob, ClaimRef, ClaimRequest, Outcome } from '../../contract/index.ts'
import { readBody } from './body.ts'
import { KEY_BYTES, keyOf } from './job-key.ts'
import { reasonNumber, writeError } from './record.ts'
import type { ReplyReader } from './reply.ts'
import type { RequestWriter } from './request.ts'

const KINDS = ['succeed', 'retry', 'fail', 'cancel', 'snooze', 'release', 'begin'] as const
const NO_KEY = Buffer.alloc(KEY_BYTES)

/** What happens to an attempt that the worker holds: a settlement, or the beginning of a careful one. */
export interface Ending {
  readonly job: ClaimRef
  readonly outcome: Outcome | { readonly kind: 'begin' }
}

/** What one call answered. */
export interface Answer {
  readonly claimed: readonly ClaimedJob[]
  readonly nextDueInMs: number | null
  readonly leaseExpired: boolean
  /** Jobs were passed over, and more may be claimable. */
  readonly more: boolean
  /** The settlements and beginnings that came too late, by their place in the call. */
  readonly lateAt: readonly number[]
}

/** Writes what is to be settled, begun and claimed, at most so many jobs. */
export function writeExchange(
  writer: RequestWriter,
  endings: readonly Ending[],
  claim: ClaimRequest | null,
  most: number,
): void {
  const queues = [
    ...new Set([...endings.map(({ job }) => job.queue), ...(claim?.queues ?? []).map((q) => q.name)]),
  ]
  const indexes = new Map(queues.map((queue, at) => [queue, at + 1]))
  writer.u16(queues.length)
  for (const queue of queues) writer.short(queue)
  writer.u16(endings.length)
  for (const ending of endings) writeEnding(writer, ending, indexes.get(ending.job.queue) ?? 0)
  const asked = claim === null ? [] : claim.queues
  writer.u16(asked.length)
  for (const queue of asked) writer.u16(indexes.get(queue.name) ?? 0).u24(Math.min(queue.limit, most))
  writer.u24(Math.min(claim?.limit ?? 0, most))
}

function writeEnding(writer: RequestWriter, { job, outcome }: Ending, queue: number): void {
  if (typeof job.ref === 'number') writer.u40(job.ref).raw(NO_KEY)
  else writer.u40(0).raw(keyOf(job.id))
  writer.u48(job.token).u16(queue).u8(KINDS.indexOf(outcome.kind))
  const { flag, reason, delayMs, text } = parts(outcome)
  writer
    .u8(flag ? 1 : 0)
    .u8(reason)
    .ms(delayMs)
    .long(text)
}

interface Parts {
  readonly flag: boolean
  readonly reason: number
  readonly delayMs: number
  readonly text: string
}

/** What the outcomes carry, in one shape. */
function parts(outcome: Ending['outcome']): Parts {
  const nothing = { flag: false, reason: 0, delayMs: 0, text: '' }
  switch (outcome.kind) {
    case 'succeed':
      return { ...nothing, flag: outcome.result !== null, text: outcome.result ?? '' }
    case 'retry':
      return { ...nothing, delayMs: outcome.delayMs, text: writeError(outcome.error) }
    case 'fail':
      return {
        ...nothing,
        flag: outcome.counts,
        reason: reasonNumber(outcome.reason),
        text: writeError(outcome.error),
      }
    case 'cancel':
      return { ...nothing, reason: reasonNumber(outcome.reason), text: writeError(outcome.error) }
    case 'snooze':
      return { ...nothing, delayMs: outcome.delayMs }
    case 'release':
    case 'begin':
      return nothing
  }
}

/** Reads what a call answered. */
export function readAnswer(reply: ReplyReader): Answer {
  const [leaseExpired, more, next] = [reply.u8() === 1, reply.u8() === 1, reply.u48()]
  const lateAt = Array.from({ length: reply.u16() }, () => reply.u16() - 1)
  const claimed = Array.from({ length: reply.u16() }, () => readClaimed(reply))
  return {
    claimed,
    nextDueInMs: next === 0 ? null : next - 1,
    leaseExpired,
    more,
    lateAt,
  }
}

function readClaimed(reply: ReplyReader): ClaimedJob {
  const [ref, token, attempt] = [reply.u40(), reply.u48(), reply.u24()]
  const [begun, dueAt] = [reply.u8() === 1, reply.u48()]
  const body = readBody(reply.bytes())
  return {
    id: body.id,
    queue: body.queue,
    token,
    ref,
    task: body.task,
    priority: body.priority,
    payload: body.payload,
    version: body.version,
    attempt,
    maxAttempts: body.maxAttempts,
    begun,
    createdAt: body.createdAt,
    dueAt,
    expiresAt: body.expiresAt,
    timeoutMs: body.timeoutMs,
    retry: body.retry,
    tags: body.tags,
    meta: body.meta,
  }
}
