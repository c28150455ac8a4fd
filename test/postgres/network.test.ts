/**
 * A network that swallows what is sent for longer than a worker may be silent.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { exchangeRequest } from '../../src/conformance/request.ts'
import type { Backend, ClaimedJob, ClaimRef, Settlement } from '../../src/contract/index.ts'
import { testPostgres } from '../servers/postgres.ts'
import { withstand } from './load.ts'
import { newJob, newSchema, open, proxyTo, sql, workerInfo } from './store.ts'

const server = await testPostgres({ own: true })
afterAll(() => server?.stop())

const LEASE_MS = 600
/** Where one step must follow another within the lease. */
const PATIENT_MS = 1_500

function upTo(limit: number) {
  return { queues: [{ name: 'default', limit }], limit }
}

async function claim(store: Backend, workerId: string, limit: number): Promise<readonly ClaimedJob[]> {
  return (await store.exchange(exchangeRequest({ workerId, claim: upTo(limit) }))).claimed
}

function succeeded(job: ClaimRef): Settlement {
  return { job, outcome: { kind: 'succeed', result: null } }
}

async function statesOf(store: Backend): Promise<Record<string, number>> {
  const counts = (await store.records?.counts()) ?? []
  return Object.fromEntries(counts.map(({ state, count }) => [state, count]))
}

describe.skipIf(server === null)('Postgres over a bad network', { timeout: 60_000 }, () => {
  const { url = '' } = server ?? {}

  test('a worker that is cut off for longer than its lease changes nothing of what others did meanwhile', async () => {
    const hole = await proxyTo(url)
    const schema = newSchema()
    const cutOff = open(hole.url, { schema, callTimeout: '400ms', connectTimeout: '400ms' })
    const other = open(url, { schema })
    const jobs = Array.from({ length: 30 }, () => newJob())
    await other.enqueue(jobs)
    // As many connections as calls that will be on their way.
    await Promise.all([1, 2, 3].map(() => cutOff.heartbeat(workerInfo('cut-off'), PATIENT_MS)))
    const held = await claim(cutOff, 'cut-off', 20)
    hole.swallow()
    const lost = [
      cutOff.exchange(exchangeRequest({ workerId: 'cut-off', settle: held.map(succeeded) })),
      cutOff.exchange(exchangeRequest({ workerId: 'cut-off', claim: upTo(5) })),
      cutOff.heartbeat(workerInfo('cut-off'), PATIENT_MS),
    ]
    for (const { status } of await Promise.allSettled(lost)) expect(status).toBe('rejected')
    await sleep(PATIENT_MS)
    // The first look only notes that the worker is silent.
    expect(await other.rescue({ quarantineAfter: 3 })).toEqual([])
    const rescued = await other.rescue({ quarantineAfter: 3 })
    expect(rescued.map(({ id }) => id).sort()).toEqual(held.map(({ id }) => id).sort())
    await other.heartbeat(workerInfo('other'), 60_000)
    const taken = await claim(other, 'other', 25)

    hole.pass()
    // It is heard of again before its lost calls arrive, so that the one that claims finds it alive.
    await cutOff.heartbeat(workerInfo('cut-off'), 60_000)
    hole.deliver()
    await expect.poll(() => statesOf(other)).toEqual({ active: 30 })
    // Nobody knows of the five that the late call claimed, until the worker says what it holds.
    const late = await cutOff.exchange(
      exchangeRequest({ workerId: 'cut-off', settle: held.map(succeeded), holding: held }),
    )
    expect([...late.leaseLost].sort()).toEqual(held.map(({ id }) => id).sort())
    expect(await statesOf(other)).toEqual({ active: 25, pending: 5 })
    const done = await other.exchange(exchangeRequest({ workerId: 'other', settle: taken.map(succeeded) }))
    expect(done.leaseLost).toEqual([])
    const rest = await claim(cutOff, 'cut-off', 30)
    expect(rest.map(({ id, attempt }) => `${id} ${attempt}`)).toEqual(
      jobs.slice(25).map(({ id }) => `${id} 1`),
    )
    await cutOff.exchange(exchangeRequest({ workerId: 'cut-off', settle: rest.map(succeeded) }))
    expect(await statesOf(other)).toEqual({ succeeded: 30 })
  })

  test('under load with cuts longer than a lease every job is accounted for', async () => {
    const hole = await proxyTo(url)
    const schema = newSchema()
    const patience = { schema, callTimeout: '400ms', connectTimeout: '400ms' }
    const hands = [
      { backend: open(hole.url, patience), leaseMs: LEASE_MS },
      { backend: open(url, { schema }), leaseMs: LEASE_MS },
    ]
    const load = { url, schema, producer: open(url, { schema }), hands, jobs: 1_500 }
    const account = await withstand(load, async () => {
      for (let times = 0; times < 2; times += 1) {
        await sleep(200)
        hole.swallow()
        await sleep(3 * LEASE_MS)
        hole.pass()
        await sleep(100)
        // Calls that were given up long ago are carried out now, those that claim included.
        hole.deliver()
      }
    })
    expect(account.errors).toBeGreaterThan(0)
    // An attempt is on record as lost exactly as often as its job was taken from a worker.
    const lost = await sql<{ id: string; times: number }>(
      url,
      `SELECT j.id, count(*)::integer AS times FROM ${schema}.attempt AS a JOIN ${schema}.job AS j USING (seq)
       WHERE a.outcome = 'lost' GROUP BY j.id`,
    )
    expect(new Map(lost.map(({ id, times }) => [id, times]))).toEqual(account.rescued)
  })
})
