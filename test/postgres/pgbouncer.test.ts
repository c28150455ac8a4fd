import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { exchangeRequest } from '../../src/conformance/request.ts'
import type { Backend, ClaimedJob } from '../../src/contract/index.ts'
import { startPgBouncer } from '../servers/pgbouncer.ts'
import { testPostgres } from '../servers/postgres.ts'
import { newJob, newSchema, open, workerInfo } from './store.ts'

const server = await testPostgres({ own: true })
const bouncer = server === null ? null : await startPgBouncer(server.url)
afterAll(async () => {
  await bouncer?.stop()
  await server?.stop()
})

const CLAIM = { queues: [{ name: 'default', limit: 7 }], limit: 7 }

/** Claims and settles until the queue is empty; answers the ids. */
async function drain(backend: Backend, workerId: string): Promise<string[]> {
  await backend.heartbeat(workerInfo(workerId), 60_000)
  const ran: string[] = []
  let claimed: readonly ClaimedJob[] = []
  do {
    const settle = claimed.map((job) => ({ job, outcome: { kind: 'succeed', result: null } as const }))
    const reply = await backend.exchange(exchangeRequest({ workerId, settle, claim: CLAIM }))
    expect(reply.leaseLost).toEqual([])
    claimed = reply.claimed
    ran.push(...claimed.map(({ id }) => id))
  } while (claimed.length > 0)
  return ran
}

describe.skipIf(bouncer === null)('behind PgBouncer in transaction mode', { timeout: 60_000 }, () => {
  const url = bouncer?.url ?? ''
  const direct = server?.url ?? ''

  test('several processes migrate, enqueue, claim and settle: each job runs once', async () => {
    const schema = newSchema()
    const stores = Array.from({ length: 4 }, () => open(url, { schema, listen: 'off' }))
    await Promise.all(stores.map((store) => store.migrate()))
    const jobs = Array.from({ length: 200 }, () => newJob())
    await Promise.all(jobs.map((job, at) => (stores[at % 4] as Backend).enqueue([job])))
    const ran = await Promise.all(stores.map((store, at) => drain(store, `w${at}`)))
    expect(ran.flat().sort()).toEqual(jobs.map(({ id }) => id).sort())
    const counts = await stores[0]?.records?.counts()
    expect(counts).toEqual([{ queue: 'default', state: 'succeeded', count: 200 }])
  })

  test('two schemas share the pooler’s connections, and neither meets the other’s statements', async () => {
    const [a, b] = [newSchema(), newSchema()].map((schema) => open(url, { schema, listen: 'off' })) as [
      Backend,
      Backend,
    ]
    await Promise.all([a.migrate(), b.migrate()])
    await Promise.all(
      Array.from({ length: 60 }, (_, at) =>
        (at % 3 === 0 ? a : b).enqueue([newJob({ queue: `q${at % 3}` })]),
      ),
    )
    expect(await a.records?.counts()).toEqual([{ queue: 'q0', state: 'pending', count: 20 }])
    expect(await b.records?.counts()).toEqual([
      { queue: 'q1', state: 'pending', count: 20 },
      { queue: 'q2', state: 'pending', count: 20 },
    ])
  })

  test('wake-ups come through the server’s own address', async () => {
    const schema = newSchema()
    const sleeper = open(url, { schema, listen: direct, pollInterval: '1h' })
    const producer = open(url, { schema, listen: direct })
    await producer.migrate()
    const woken = new Promise<void>((resolve, reject) => {
      sleeper
        .subscribe({ queues: ['default'] }, () => resolve())
        .then((stop) => {
          onTestFinished(async () => {
            await stop()
          })
          return producer.enqueue([newJob()])
        }, reject)
    })
    await woken
  })

  test('a batch in a transaction of several statements is stored whole', async () => {
    const store = open(url, { listen: 'off' })
    await store.migrate()
    // More kinds of jobs than one statement takes.
    const jobs = Array.from({ length: 80 }, (_, at) => newJob({ queue: `queue-${at}` }))
    await store.enqueue(jobs)
    expect(await store.records?.counts()).toHaveLength(80)
  })
})
