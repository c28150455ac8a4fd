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
  Settlement,
} from '../../contract/index.ts'
import { BackendError } from '../../contract/index.ts'
import type { RedisConnection } from './connection.ts'
import { isAnswer } from './errors.ts'
import { type Answer, readAnswer, writeExchange } from './exchange-wire.ts'
import { RequestWriter } from './request.ts'

/** Most settlements, and most claims, of one call: the server does nothing else for a few ms then. */
const MOST = 200

/** What has not yet reached the worker, since one of an exchange's calls failed. */
interface Doubts {
  /** The first call whose answer was lost: nobody knows whether it happened, nor those after it. 0: none. */
  first: number
  /** Tokens of attempts that were settled by a call before one that failed: whoever called heard only of the failure. */
  readonly settled: Set<number>
  /** Claimed by such a call. */
  claimed: ClaimedJob[]
}

/**
 * Exchanges for all workers of a backend. Each call has a number. Where an answer is lost with its connection, the
 * worker's next call names that number: the server remembers the latest call of each worker, so that what it claimed
 * is handed out after all, and what it settled is not taken for settled by somebody else.
 */
export class Exchanger {
  readonly #connection: RedisConnection
  readonly #sender = randomBytes(8)
  readonly #doubts = new Map<string, Doubts>()
  #number = 0

  constructor(connection: RedisConnection) {
    this.#connection = connection
  }

  /** Settles and claims; more than a call carries goes in several, settlements first. */
  async exchange({ workerId, settle, claim }: ExchangeRequest): Promise<ExchangeReply> {
    const doubts = this.#doubts.get(workerId) ?? { first: 0, settled: new Set(), claimed: [] }
    this.#doubts.set(workerId, doubts)
    const leaseLost: string[] = []
    let from = 0
    for (; settle.length - from > MOST; from += MOST) {
      const some = settle.slice(from, from + MOST)
      const answer = await this.#call(workerId, doubts, some, null)
      leaseLost.push(...lost(some, answer, doubts))
      // Should a later call fail, all settlements come again.
      const late = new Set(answer.lateAt)
      for (const [at, { job }] of some.entries()) if (!late.has(at)) doubts.settled.add(job.token)
    }
    const rest = settle.slice(from)
    const first = await this.#call(workerId, doubts, rest, claim && remaining(claim, doubts.claimed))
    leaseLost.push(...lost(rest, first, doubts))
    const { nextDueInMs, leaseExpired } =
      claim === null ? first : await this.#claimOn(workerId, doubts, claim, first)
    const { claimed } = doubts
    doubts.claimed = []
    if (doubts.first === 0) this.#doubts.delete(workerId)
    return { claimed, leaseLost, nextDueInMs, leaseExpired }
  }

  /** Forgets what it knows of a worker that is gone. */
  forget(workerId: string): void {
    this.#doubts.delete(workerId)
  }

  /** Goes on claiming while a call was too small for what was asked; answers the last one's answer. */
  async #claimOn(workerId: string, doubts: Doubts, claim: ClaimRequest, first: Answer): Promise<Answer> {
    let latest = first
    while (!latest.leaseExpired && (latest.more || latest.claimed.length >= MOST)) {
      const rest = remaining(claim, doubts.claimed)
      if (rest.limit <= 0) break
      try {
        latest = await this.#call(workerId, doubts, [], rest)
      } catch {
        // What was claimed must reach the worker. If the store is still out of reach, its next exchange will tell.
        return { ...latest, nextDueInMs: 0 }
      }
    }
    return latest
  }

  async #call(
    workerId: string,
    doubts: Doubts,
    settle: readonly Settlement[],
    claim: ClaimRequest | null,
  ): Promise<Answer> {
    this.#number += 1
    const number = this.#number
    const request = new RequestWriter().short(workerId).raw(this.#sender).u48(number).u48(doubts.first)
    writeExchange(request, settle, claim, MOST)
    try {
      const answer = readAnswer(await this.#connection.ask('exchange', request))
      doubts.first = 0
      for (const token of answer.settledBefore) doubts.settled.add(token)
      doubts.claimed.push(...answer.claimed)
      return answer
    } catch (error) {
      // The server's own answer, even that it cannot be done, leaves no doubt about this call; those before stay in it.
      const answered = isAnswer(error instanceof BackendError ? error.cause : null)
      if (doubts.first === 0 && !answered) doubts.first = number
      throw error
    }
  }
}

/** Ids of the settlements that came too late, those not counted that came a second time. */
function lost(settle: readonly Settlement[], { lateAt }: Answer, doubts: Doubts): string[] {
  return lateAt.flatMap((at) => {
    const job = settle[at]?.job
    return job === undefined || doubts.settled.has(job.token) ? [] : [job.id]
  })
}

/** What could still be claimed. */
function remaining(claim: ClaimRequest, claimed: readonly ClaimedJob[]): ClaimRequest {
  const given = new Map<string, number>()
  for (const { queue } of claimed) given.set(queue, (given.get(queue) ?? 0) + 1)
  const queues = claim.queues.map((queue) => ({
    name: queue.name,
    limit: Math.max(0, queue.limit - (given.get(queue.name) ?? 0)),
  }))
  return { queues, limit: Math.max(0, claim.limit - claimed.length) }
}
