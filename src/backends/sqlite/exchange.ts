/**
 * The hot path: one transaction settles what a worker finished, begins what is to start with care, and claims what it has
 * room for.
 * @module
 */
import type { ClaimedJob, ClaimRequest, ExchangeReply, ExchangeRequest } from '../../contract/index.ts'
import { begin, releaseOthers } from './begin.ts'
import { claim, look, type Outlook } from './claim.ts'
import type { SqliteConnection } from './connection.ts'
import { CountChanges } from './counts.ts'
import type { SqliteSession } from './session.ts'
import { settle } from './settle.ts'

/** Settles, begins and claims. An exchange that finds nothing to do takes no write lock. */
export async function exchange(
  connection: SqliteConnection,
  request: ExchangeRequest,
): Promise<ExchangeReply> {
  if (request.settle.length === 0 && request.begin.length === 0 && request.holding === null) {
    const idle = await connection.read((session) => lookAround(session, request))
    if (idle !== null) return idle
  }
  return connection.write((session) => inOrder(session, request), 'relaxed')
}

/** The reply where nothing can be claimed; null where something can. */
function lookAround(session: SqliteSession, request: ExchangeRequest): ExchangeReply | null {
  const now = session.now()
  if (session.clockWentBack) return null
  if (!hasLease(session, request.workerId, now)) return reply({ leaseExpired: true })
  if (request.claim === null || request.claim.limit <= 0) return reply({})
  const outlook = look(session, request.claim, now)
  return outlook.due ? null : reply({ nextDueInMs: untilDue(outlook, now) })
}

function inOrder(session: SqliteSession, request: ExchangeRequest): ExchangeReply {
  const now = session.now()
  const counts = new CountChanges()
  const leaseLost = settle(session, request.settle, now, counts)
  const { claim: wanted, workerId, holding } = request
  if (request.begin.length > 0) leaseLost.push(...begin(session, request.begin))
  if (holding !== null) releaseOthers(session, workerId, holding, counts)
  const leaseExpired = !hasLease(session, workerId, now)
  const claimed = wanted === null || leaseExpired ? [] : claim(session, workerId, wanted, now, counts)
  counts.write(session)
  const short = wanted !== null && !leaseExpired && claimed.length < wanted.limit
  const nextDueInMs = short ? untilDue(look(session, remaining(wanted, claimed), now), now) : null
  return reply({ claimed, leaseLost, leaseExpired, nextDueInMs })
}

/** What could still be claimed: a queue that gave its whole limit has nothing to tell. */
function remaining(wanted: ClaimRequest, claimed: readonly ClaimedJob[]): ClaimRequest {
  if (claimed.length === 0) return wanted
  const given = new Map<string, number>()
  for (const { queue } of claimed) given.set(queue, (given.get(queue) ?? 0) + 1)
  const queues = wanted.queues.map(({ name, limit }) => ({ name, limit: limit - (given.get(name) ?? 0) }))
  return { queues, limit: wanted.limit - claimed.length }
}

function reply(parts: Partial<ExchangeReply>): ExchangeReply {
  return { claimed: [], leaseLost: [], nextDueInMs: null, leaseExpired: false, ...parts }
}

function untilDue(outlook: Outlook, now: number): number | null {
  if (outlook.due) return 0
  return outlook.nextDueAt === null ? null : outlook.nextDueAt - now
}

function hasLease(session: SqliteSession, workerId: string, now: number): boolean {
  const lease = session.get<{ lease_until: number }>('workerLease', workerId)
  return lease !== undefined && lease.lease_until > now
}
