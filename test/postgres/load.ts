/**
 * Producers and workers on stores in trouble, and the account of every job that is demanded of them afterwards.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { exchangeRequest } from '../../src/conformance/request.ts'
import { type Backend, BackendError, type NewJob } from '../../src/contract/index.ts'
import { newJob, newSchema, open, sql, workerInfo } from './store.ts'

const CLAIM = { queues: [{ name: 'default', limit: 20 }], limit: 20 }

/** What happened to each job, as the program saw it. */
export class Account {
  /** Enqueued, and answered. */
  readonly stored = new Set<string>()
  /** How often a worker was told that it had settled the job. */
  readonly settled = new Map<string, number>()
  /** Settled, but the answer was lost; asked again, the store knew of no such attempt any more. */
  readonly inDoubt = new Set<string>()
  /** Jobs that were taken from a worker, with how often. */
  readonly rescued = new Map<string, number>()
  /** Calls that failed. */
  errors = 0
}

/** A worker of the load: where it works, and how long it may be silent. */
interface Hand {
  readonly backend: Backend
  readonly leaseMs: number
}

/** Enqueues the same job again until it is answered, as a producer does. */
async function produce(backend: Backend, account: Account, count: number): Promise<void> {
  for (let made = 0; made < count; made += 5) {
    const jobs: NewJob[] = Array.from({ length: 5 }, () => newJob())
    await until(account, () => backend.enqueue(jobs))
    for (const { id } of jobs) account.stored.add(id)
    await sleep(5)
  }
}

/** Claims and settles until told otherwise. */
async function consume(id: string, hand: Hand, account: Account, over: () => boolean): Promise<void> {
  const { backend, leaseMs } = hand
  while (!over()) {
    try {
      await backend.heartbeat(workerInfo(id), leaseMs)
      // It never holds anything between two: what a lost call claimed for it, then or later, goes back.
      const { claimed } = await backend.exchange(exchangeRequest({ workerId: id, claim: CLAIM, holding: [] }))
      // Work takes a while, so that troubles mostly meet jobs that are held.
      await sleep(20)
      const settle = claimed.map((job) => ({ job, outcome: { kind: 'succeed', result: null } as const }))
      const { answer: late, again } = await until(
        account,
        async () => (await backend.exchange(exchangeRequest({ workerId: id, settle }))).leaseLost,
      )
      for (const job of claimed) {
        if (!late.includes(job.id)) count(account.settled, job.id)
        else if (again) account.inDoubt.add(job.id)
      }
      for (const job of await backend.rescue({ quarantineAfter: 1_000 })) count(account.rescued, job.id)
    } catch (error) {
      forgiven(error, account)
      await sleep(30)
    }
  }
}

/** Makes a call again until it succeeds; every failure has to say that it may be made again. */
async function until<T>(account: Account, call: () => Promise<T>): Promise<{ answer: T; again: boolean }> {
  for (let again = false; ; again = true) {
    try {
      return { answer: await call(), again }
    } catch (error) {
      forgiven(error, account)
      await sleep(30)
    }
  }
}

function forgiven(error: unknown, account: Account): void {
  expect(error).toBeInstanceOf(BackendError)
  expect(error).toMatchObject({ retriable: true })
  account.errors += 1
}

function count(times: Map<string, number>, id: string): void {
  times.set(id, (times.get(id) ?? 0) + 1)
}

/** What a load is made of. */
export interface Load {
  /** Of the server itself. */
  readonly url: string
  readonly schema: string
  readonly producer: Backend
  readonly hands: readonly Hand[]
  /** Jobs in all. */
  readonly jobs: number
}

/** Works under load while `disturb` does its worst; then demands an exact account of every job. */
export async function withstand(load: Load, disturb: () => Promise<void>): Promise<Account> {
  const { url, schema, producer, hands, jobs } = load
  await open(url, { schema }).migrate()
  const account = new Account()
  let done = false
  const working = hands.map((hand, n) => consume(`w${n}`, hand, account, () => done))
  try {
    await Promise.all([produce(producer, account, jobs), disturb()])
    await expect.poll(() => placesOf(url, schema), { timeout: 20_000 }).toMatchObject({ succeeded: jobs })
  } finally {
    done = true
    await Promise.all(working)
  }
  expect(account.stored.size).toBe(jobs)
  expect(await placesOf(url, schema)).toMatchObject({ jobs, succeeded: jobs, others: 0 })
  const counts = await open(url, { schema }).records?.counts()
  expect(counts).toEqual([{ queue: 'default', state: 'succeeded', count: jobs }])
  // Each job was settled once: by a worker that was told so, or by one that never heard the answer.
  expect([...account.settled.values()].filter((times) => times > 1)).toEqual([])
  const unsettled = [...account.stored].filter((id) => !account.settled.has(id))
  expect(unsettled.filter((id) => !account.inDoubt.has(id))).toEqual([])
  return account
}

/** How many jobs there are, how many of them have succeeded, and how many are anywhere else. */
async function placesOf(url: string, schema: string) {
  const [row] = await sql<{ places: { jobs: number; succeeded: number; others: number } }>(
    url,
    `SELECT json_build_object('jobs', (SELECT count(*) FROM ${schema}.job),
       'succeeded', (SELECT count(*) FROM ${schema}.succeeded),
       'others', (SELECT count(*) FROM ${schema}.waiting) + (SELECT count(*) FROM ${schema}.active)
         + (SELECT count(*) FROM ${schema}.ended) + (SELECT count(*) FROM ${schema}.held)) AS places`,
  )
  return row?.places
}

/** A producer and two workers that reach the server through `through`. */
export function loadThrough(url: string, through: string, jobs: number): Load {
  const schema = newSchema()
  const options = { schema, callTimeout: '2s', connectTimeout: '2s' }
  const worker = open(through, options)
  const hand = { backend: worker, leaseMs: 3_000 }
  return { url, schema, producer: open(through, options), hands: [hand, hand], jobs }
}
