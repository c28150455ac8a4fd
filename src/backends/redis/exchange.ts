/**
 * The hot path: one call settles what a worker finished and claims what it has room for.
 * @module
 */
import { randomBytes } from 'node:crypto'
import type {
  ClaimedJob,
  ClaimRef,
  ClaimRequest,
  ExchangeReply,
  ExchangeRequest,
} from '../../contract/index.ts'
import type { RedisConnection } from './connection.ts'
import { type Answer, type Ending, readAnswer, writeExchange } from './exchange-wire.ts'
import { RequestWriter } from './request.ts'

/** Most settlements, and most claims, of one call: the server does nothing else for a few ms then. */
const MOST = 200

/**
 * Exchanges for all workers of a backend. Calls have ascending numbers, and the server refuses one that comes twice
 * or after its successor: a client that sends again what was cut off must not claim what its worker never hears of.
 */
export class Exchanger {
  readonly #connection: RedisConnection
  readonly #sender = randomBytes(8)
  #number = 0

  constructor(connection: RedisConnection) {
    this.#connection = connection
  }

  /** Settles, begins and claims; more than a call carries goes in several, in this order. */
  async exchange({ workerId, settle, begin, claim, holding }: ExchangeRequest): Promise<ExchangeReply> {
    if (holding !== null) await this.#forget(workerId, holding)
    const call = async (some: readonly Ending[], wanted: ClaimRequest | null): Promise<Answer> => {
      const request = this.#address(workerId)
      writeExchange(request, some, wanted, MOST)
      return readAnswer(await this.#connection.ask('exchange', request))
    }
    const endings = [...settle, ...begin.map((job) => ({ job, outcome: BEGIN }))]
    const late: number[] = []
    let from = 0
    for (; endings.length - from > MOST; from += MOST) {
      const { lateAt } = await call(endings.slice(from, from + MOST), null)
      for (const at of lateAt) late.push(from + at)
    }
    let latest = await call(endings.slice(from), claim)
    for (const at of latest.lateAt) late.push(from + at)
    const leaseLost = late.flatMap((at) => endings[at]?.job.id ?? [])
    const claimed = [...latest.claimed]
    // A call was too small for what was asked. Should the next one fail, so does all: the worker tells then what it holds.
    while (claim !== null && !latest.leaseExpired && (latest.more || latest.claimed.length >= MOST)) {
      const rest = remaining(claim, claimed)
      if (rest.limit <= 0) break
      latest = await call([], rest)
      claimed.push(...latest.claimed)
    }
    const { nextDueInMs, leaseExpired } = latest
    return { claimed, leaseLost, nextDueInMs, leaseExpired }
  }

  /** Gives back what the worker holds without knowing, some at a time. */
  async #forget(workerId: string, holding: readonly ClaimRef[]): Promise<void> {
    let cursor = '0'
    do {
      const request = this.#address(workerId).short(cursor).u32(holding.length)
      for (const { token } of holding) request.u48(token)
      cursor = String(await this.#connection.run('forget', request))
    } while (cursor !== '0')
  }

  /** What each call begins with. */
  #address(workerId: string): RequestWriter {
    this.#number += 1
    return new RequestWriter().short(workerId).raw(this.#sender).u48(this.#number)
  }
}

const BEGIN = { kind: 'begin' } as const

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
