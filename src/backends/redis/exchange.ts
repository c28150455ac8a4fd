/**
 * The hot path: one call settles what a worker finished and claims what it has room for.
 * @module
 */
import { randomBytes } from 'node:crypto'
import type {
  ClaimedJob,
  ClaimRequest,
  ExchangeReply,
  ExchangeRequest,
  Outcome,
  Settlement,
} from '../../contract/index.ts'
import { readBody } from './body.ts'
import type { RedisConnection } from './connection.ts'
import { isAnswer } from './errors.ts'
import { KEY_BYTES, keyOf } from './job-key.ts'
import { reasonNumber, writeError } from './record.ts'
import type { ReplyReader } from './reply.ts'
import { RequestWriter } from './request.ts'

/** Most settlements, and most claims, of one call: the server does nothing else for a few ms then. */
const MOST = 200

const KINDS = ['succeed', 'retry', 'fail', 'cancel', 'snooze', 'release'] as const
const NO_KEY = Buffer.alloc(KEY_BYTES)

/** What one call answered. */
interface Answer extends ExchangeReply {
  /** Jobs were passed over, and more may be claimable. */
  readonly more: boolean
}

/** An exchange of a worker whose answer never came, so that nobody knows whether it happened. */
interface Doubt {
  readonly number: number
  /** What it settled: id and token. */
  readonly settled: ReadonlySet<string>
}

/**
 * Exchanges for all workers of a backend. Each has a number. Where an answer is lost with its connection, the worker's
 * next exchange names that number: the server remembers the latest one of each worker, so that what it claimed is
 * handed out after all, and what it settled is not taken for settled by somebody else.
 */
export class Exchanger {
  readonly #connection: RedisConnection
  readonly #sender = randomBytes(8)
  readonly #doubts = new Map<string, Doubt>()
  #number = 0

  constructor(connection: RedisConnection) {
    this.#connection = connection
  }

  /** Settles and claims; more than a call carries goes in several, settlements first. */
  async exchange({ workerId, settle, claim }: ExchangeRequest): Promise<ExchangeReply> {
    const leaseLost: string[] = []
    let from = 0
    for (; settle.length - from > MOST; from += MOST) {
      const reply = await this.#call(workerId, settle.slice(from, from + MOST), null)
      leaseLost.push(...reply.leaseLost)
    }
    const first = await this.#call(workerId, settle.slice(from), claim)
    leaseLost.push(...first.leaseLost)
    const { claimed, nextDueInMs, leaseExpired } = await this.#claimOn(workerId, claim, first)
    return { claimed, leaseLost, nextDueInMs, leaseExpired }
  }

  /** Forgets what it knows of a worker that is gone. */
  forget(workerId: string): void {
    this.#doubts.delete(workerId)
  }

  /** Goes on claiming while a call was too small for what was asked. */
  async #claimOn(workerId: string, claim: ClaimRequest | null, first: Answer): Promise<Answer> {
    if (claim === null) return first
    const claimed = [...first.claimed]
    let latest = first
    while (
      !latest.leaseExpired &&
      claimed.length < claim.limit &&
      (latest.more || latest.claimed.length >= MOST)
    ) {
      latest = await this.#call(workerId, [], remaining(claim, claimed))
      claimed.push(...latest.claimed)
    }
    return { ...latest, claimed }
  }

  async #call(workerId: string, settle: readonly Settlement[], claim: ClaimRequest | null): Promise<Answer> {
    this.#number += 1
    const number = this.#number
    const doubt = this.#doubts.get(workerId)
    const request = new RequestWriter()
      .short(workerId)
      .raw(this.#sender)
      .u48(number)
      .u48(doubt?.number ?? 0)
    writeExchange(request, settle, claim)
    try {
      const reply = await this.#connection.ask('exchange', request)
      this.#doubts.delete(workerId)
      return readAnswer(reply, settle, doubt)
    } catch (error) {
      // An answer, even that it cannot be done, leaves no doubt about this one; those before stay in doubt.
      if (doubt === undefined && !isAnswer(error instanceof Error ? error.cause : null)) {
        this.#doubts.set(workerId, { number, settled: new Set(settle.map(({ job }) => name(job))) })
      }
      throw error
    }
  }
}

function name({ id, token }: { readonly id: string; readonly token: number }): string {
  return `${token} ${id}`
}

/** What could still be claimed. */
function remaining(claim: ClaimRequest, claimed: readonly ClaimedJob[]): ClaimRequest {
  const given = new Map<string, number>()
  for (const { queue } of claimed) given.set(queue, (given.get(queue) ?? 0) + 1)
  const queues = claim.queues.map((queue) => ({
    name: queue.name,
    limit: Math.max(0, queue.limit - (given.get(queue.name) ?? 0)),
  }))
  return { queues, limit: claim.limit - claimed.length }
}

function writeExchange(
  writer: RequestWriter,
  settle: readonly Settlement[],
  claim: ClaimRequest | null,
): void {
  const queues = [
    ...new Set([...settle.map(({ job }) => job.queue), ...(claim?.queues ?? []).map((q) => q.name)]),
  ]
  const indexes = new Map(queues.map((queue, at) => [queue, at + 1]))
  writer.u16(queues.length)
  for (const queue of queues) writer.short(queue)
  writer.u16(settle.length)
  for (const settlement of settle) writeSettlement(writer, settlement, indexes.get(settlement.job.queue) ?? 0)
  const asked = claim === null ? [] : claim.queues
  writer.u16(asked.length)
  for (const queue of asked) writer.u16(indexes.get(queue.name) ?? 0).u24(Math.min(queue.limit, MOST))
  writer.u24(Math.min(claim?.limit ?? 0, MOST))
}

function writeSettlement(writer: RequestWriter, { job, outcome }: Settlement, queue: number): void {
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
function parts(outcome: Outcome): Parts {
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
      return nothing
  }
}

function readAnswer(reply: ReplyReader, settle: readonly Settlement[], doubt: Doubt | undefined): Answer {
  const [leaseExpired, happened, more] = [reply.u8() === 1, reply.u8() === 1, reply.u8() === 1]
  const next = reply.u48()
  const lost = Array.from({ length: reply.u16() }, () => settle[reply.u16() - 1]?.job)
  const lostBefore = new Set(Array.from({ length: reply.u16() }, () => `${reply.u40()} ${reply.u48()}`))
  const leaseLost = lost.flatMap((job) => {
    if (job === undefined) return []
    // It was settled by the exchange whose answer was lost, and by nobody else.
    const done =
      happened && doubt?.settled.has(name(job)) === true && !lostBefore.has(`${job.ref} ${job.token}`)
    return done ? [] : [job.id]
  })
  const claimed = Array.from({ length: reply.u16() }, () => readClaimed(reply))
  return { claimed, leaseLost, nextDueInMs: next === 0 ? null : next - 1, leaseExpired, more }
}

function readClaimed(reply: ReplyReader): ClaimedJob {
  const [ref, token, attempt, dueAt] = [reply.u40(), reply.u48(), reply.u24(), reply.u48()]
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
    createdAt: body.createdAt,
    dueAt,
    expiresAt: body.expiresAt,
    timeoutMs: body.timeoutMs,
    retry: body.retry,
    tags: body.tags,
    meta: body.meta,
  }
}
