/**
 * The hot path: one round trip settles what a worker finished and claims what it has room for.
 * @module
 */
import type { ClaimedJob, ClaimRef, ExchangeReply, ExchangeRequest } from '../../contract/index.ts'
import { unpackOptions } from '../_sql/rows.ts'
import { numbers, texts } from './array.ts'
import type { SqlValue } from './driver.ts'
import type { Floors } from './floors.ts'
import type { PostgresSession } from './session.ts'
import { jobsOf, missedOf, SettleBatch, seqOf, seqsOf } from './settle.ts'

/** Between the fields of jobs. A job has so many; where all but the last are empty, that one is JSON of all. */
const SEPARATOR = '\u001f'
const FIELDS = 12

interface Claims {
  readonly expired?: true
  readonly token: number
  readonly now: number
  readonly nextDue: number | null
  readonly claimed: readonly (readonly [queue: string, rank: number, jobs: number])[]
}

/** What the statement answers. */
interface Answer {
  readonly settled: string | null
  readonly begun: string | null
  readonly given_back: string | null
  readonly claims: string | null
  readonly jobs: string | null
}

/** The reply, and the queues of what was given back without the worker knowing of it. */
export interface Exchanged {
  readonly reply: ExchangeReply
  readonly givenBack: readonly string[]
}

/** Settles, begins, gives back what the worker does not know of, and claims. */
export async function exchange(
  session: PostgresSession,
  request: ExchangeRequest,
  floors: Floors,
): Promise<Exchanged> {
  const { workerId, settle, begin, holding, claim } = request
  const seqs = await seqsOf(session, [...jobsOf(settle), ...begin, ...(holding ?? [])])
  const batch = new SettleBatch(settle, seqs)
  // Given back jobs keep their place, which lies before the floors.
  if (holding !== null || settle.some(({ outcome }) => outcome.kind !== 'succeed')) floors.clear()
  const beginning = located(begin, seqs)
  const { clock } = session
  if (clock.aheadUntil !== null) floors.clear()
  const before = clock.latest
  const queues = claim?.queues ?? []
  const answer = await session.one<Answer>(
    'exchange',
    workerId,
    ...batch.params,
    ...columns(beginning),
    ...(holding === null ? [null, null] : columns(located(holding, seqs))),
    texts(queues.map(({ name }) => name)),
    numbers(queues.map(({ limit }) => limitOf(limit))),
    claim === null ? null : limitOf(claim.limit),
    ...floors.params,
    clock.aheadUntil,
  )
  const leaseLost = [
    ...(settle.length === 0 ? [] : batch.late(answer.settled)),
    ...begin.filter((job) => seqOf(job, seqs) === undefined).map(({ id }) => id),
    ...missedOf(beginning, JSON.parse(answer.begun ?? '[]') as number[]),
  ]
  const givenBack = JSON.parse(answer.given_back ?? '[]') as string[]
  const claims = answer.claims === null ? null : (JSON.parse(answer.claims) as Claims)
  if (claims === null || claims.expired === true) {
    const leaseExpired = claims !== null
    return { reply: { claimed: [], leaseLost, nextDueInMs: null, leaseExpired }, givenBack }
  }
  clock.told(claims.now, before)
  const claimed = readClaims(claims, answer.jobs ?? '', floors)
  if (claim !== null && claimed.length < claim.limit) floors.clear()
  const nextDueInMs = claims.nextDue === null ? null : Math.max(0, claims.nextDue - claims.now)
  return { reply: { claimed, leaseLost, nextDueInMs, leaseExpired: false }, givenBack }
}

/** Attempts with their rows; those of jobs that are gone are left out. */
function located(jobs: readonly ClaimRef[], seqs: ReadonlyMap<string, number>) {
  return jobs.flatMap((job) => {
    const seq = seqOf(job, seqs)
    return seq === undefined ? [] : [{ seq, job }]
  })
}

/** Attempts as two columns. */
function columns(attempts: ReturnType<typeof located>): SqlValue[] {
  return [numbers(attempts.map(({ seq }) => seq)), numbers(attempts.map(({ job }) => job.token))]
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

/** seq, version, attempts so far, most attempts, created, due, expires, begun, options, id, task, payload */
function toClaimed(all: string[], at: number, queue: string, rank: number, token: number): ClaimedJob {
  if (all[at] === '') {
    const plain = (JSON.parse(all[at + FIELDS - 1] as string) as unknown[]).map((value) =>
      String(value ?? ''),
    )
    return toClaimed(plain, 0, queue, rank, token)
  }
  const expires = all[at + 6] as string
  const options = unpackOptions((all[at + 8] as string) || null)
  return {
    id: all[at + 9] as string,
    queue,
    token,
    ref: Number(all[at]),
    task: all[at + 10] as string,
    // Not -rank, which would make -0 of 0.
    priority: 0 - rank,
    payload: all[at + 11] as string,
    version: Number(all[at + 1]),
    attempt: Number(all[at + 2]) + 1,
    maxAttempts: Number(all[at + 3]),
    begun: all[at + 7] === '1',
    createdAt: Number(all[at + 4]),
    dueAt: Number(all[at + 5]),
    expiresAt: expires === '' ? null : Number(expires),
    timeoutMs: options.timeoutMs,
    retry: options.retry,
    tags: options.tags,
    meta: options.meta,
  }
}
