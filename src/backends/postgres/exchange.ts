/**
 * The hot path: one round trip settles what a worker finished and claims what it has room for.
 * @module
 */
import type { ClaimedJob, ExchangeReply, ExchangeRequest } from '../../contract/index.ts'
import { numbers, texts } from './array.ts'
import type { ClaimBook } from './claim-book.ts'
import type { Floors } from './floors.ts'
import { unpackOptions } from './rows.ts'
import type { PostgresSession } from './session.ts'
import { SettleBatch, seqsOf } from './settle.ts'

/** What a process remembers from one exchange to the next. */
export interface ExchangeMemory {
  readonly floors: Floors
  readonly book: ClaimBook
}

/** Between the fields of jobs. A job has so many; where all but the last are empty, that one is JSON of all. */
const SEPARATOR = '\u001f'
const FIELDS = 11

interface Claims {
  readonly expired?: true
  readonly token: number
  readonly now: number
  readonly nextDue: number | null
  readonly claimed: readonly (readonly [queue: string, rank: number, jobs: number])[]
}

/** Settles and claims. */
export async function exchange(
  session: PostgresSession,
  request: ExchangeRequest,
  memory: ExchangeMemory,
): Promise<ExchangeReply> {
  const { workerId, settle, claim } = request
  const { floors, book } = memory
  const batch = new SettleBatch(settle, await seqsOf(session, settle))
  // Given back jobs keep their place, which lies before the floors.
  if (settle.some(({ outcome }) => outcome.kind !== 'succeed')) floors.clear()
  const queues = claim?.queues ?? []
  const over = book.settle(settle)
  let answer: { settled: string | null; claims: string | null; jobs: string | null }
  try {
    answer = await session.one<typeof answer>(
      'exchange',
      workerId,
      ...batch.params,
      numbers(over),
      texts(queues.map(({ name }) => name)),
      numbers(queues.map(({ limit }) => limitOf(limit))),
      claim === null ? null : limitOf(claim.limit),
      ...floors.params,
    )
  } catch (error) {
    book.unsettle(settle)
    throw error
  }
  const leaseLost = settle.length === 0 ? [] : batch.late(answer.settled)
  if (answer.claims === null) return { claimed: [], leaseLost, nextDueInMs: null, leaseExpired: false }
  const claims = JSON.parse(answer.claims) as Claims
  if (claims.expired === true) return { claimed: [], leaseLost, nextDueInMs: null, leaseExpired: true }
  const claimed = readClaims(claims, answer.jobs ?? '', floors)
  book.claim(claims.token, claimed.length)
  if (claim !== null && claimed.length < claim.limit) floors.clear()
  const nextDueInMs = claims.nextDue === null ? null : Math.max(0, claims.nextDue - claims.now)
  return { claimed, leaseLost, nextDueInMs, leaseExpired: false }
}

function limitOf(limit: number): number {
  return Math.max(0, Math.min(limit, 100_000))
}

function readClaims({ claimed: groups, token }: Claims, jobs: string, floors: Floors): ClaimedJob[] {
  const claimed: ClaimedJob[] = []
  const fields = groups.length === 0 ? [] : jobs.split(SEPARATOR)
  let at = 0
  for (const [queue, rank, count] of groups) {
    for (let n = 0; n < count; n += 1, at += FIELDS) claimed.push(toClaimed(fields, at, queue, rank, token))
    const last = claimed.at(-1)
    if (last !== undefined) floors.raise(queue, rank, last.dueAt, last.ref as number)
  }
  return claimed
}

/** seq, version, attempts so far, most attempts, created, due, expires, options, id, task, payload */
function toClaimed(all: string[], at: number, queue: string, rank: number, token: number): ClaimedJob {
  if (all[at] === '') {
    const plain = (JSON.parse(all[at + FIELDS - 1] as string) as unknown[]).map((value) =>
      String(value ?? ''),
    )
    return toClaimed(plain, 0, queue, rank, token)
  }
  const expires = all[at + 6] as string
  const options = unpackOptions((all[at + 7] as string) || null)
  return {
    id: all[at + 8] as string,
    queue,
    token,
    ref: Number(all[at]),
    task: all[at + 9] as string,
    // Not -rank, which would make -0 of 0.
    priority: 0 - rank,
    payload: all[at + 10] as string,
    version: Number(all[at + 1]),
    attempt: Number(all[at + 2]) + 1,
    maxAttempts: Number(all[at + 3]),
    createdAt: Number(all[at + 4]),
    dueAt: Number(all[at + 5]),
    expiresAt: expires === '' ? null : Number(expires),
    timeoutMs: options.timeoutMs,
    retry: options.retry,
    tags: options.tags,
    meta: options.meta,
  }
}
