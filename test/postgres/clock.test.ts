/**
 * A server whose clock is set back, and processes that did not see it happen.
 * @module
 */
import { afterAll, describe, expect, test } from 'vitest'
import { exchangeRequest } from '../../src/conformance/request.ts'
import type { Backend } from '../../src/contract/index.ts'
import { serverClock } from '../conformance/postgres-clock.ts'
import { testPostgres } from '../servers/postgres.ts'
import { newJob, newSchema, open, workerInfo } from './store.ts'

const server = await testPostgres()
const clock = server === null ? null : await serverClock(server.url)
afterAll(async () => {
  await clock?.close()
  await server?.stop()
})

const HOUR = 3_600_000
const CLAIM = { queues: [{ name: 'default', limit: 9 }], limit: 9 }

async function claimed(store: Backend, workerId: string): Promise<string[]> {
  await store.heartbeat(workerInfo(workerId), 30_000)
  const reply = await store.exchange(exchangeRequest({ workerId, claim: CLAIM }))
  return reply.claimed.map(({ id }) => id)
}

describe.skipIf(clock === null)('the clock of the server is set back', () => {
  const { url = '' } = server ?? {}

  test('a process that starts afterwards learns it from the other workers, and leaves alone what is not due', async () => {
    if (clock === null) return
    const schema = newSchema()
    const before = open(url, { schema })
    await before.migrate()
    await clock.govern(schema)
    await before.heartbeat(workerInfo('before'), 30_000)
    const ready = newJob()
    await before.enqueue([newJob({ delayMs: HOUR / 2 }), ready, newJob({ delayMs: HOUR })])
    await before.close()

    await clock.jump(-HOUR)
    const after = open(url, { schema })
    let woken = 0
    const stop = await after.subscribe({ queues: ['default'] }, () => {
      woken += 1
    })
    expect(await claimed(after, 'after')).toEqual([])
    expect(await after.rescue({ quarantineAfter: 3 })).toEqual([])
    expect(woken).toBe(1)
    expect(await claimed(after, 'after')).toEqual([ready.id])
    expect(await claimed(after, 'after')).toEqual([])
    await after.rescue({ quarantineAfter: 3 })
    expect(woken).toBe(1)
    await stop()
  })

  test('a worker notices with its next exchange, and is woken for another', async () => {
    if (clock === null) return
    const schema = newSchema()
    const [worker, producer] = [open(url, { schema }), open(url, { schema })]
    await worker.migrate()
    await clock.govern(schema)
    expect(await claimed(worker, 'w')).toEqual([])
    const ready = newJob()
    await producer.enqueue([ready])
    await producer.close()
    let rings: () => void = () => {}
    const woken = new Promise<void>((resolve) => {
      rings = resolve
    })
    const stop = await worker.subscribe({ queues: ['default'] }, () => rings())
    await clock.jump(-10_000)
    expect(await claimed(worker, 'w')).toEqual([])
    await woken
    const { claimed: jobs } = await worker.exchange(exchangeRequest({ workerId: 'w', claim: CLAIM }))
    expect(jobs.map(({ id }) => id)).toEqual([ready.id])
    // Also once there was nothing left ahead, a job that goes back to its old place is ready there.
    expect(await claimed(worker, 'w')).toEqual([])
    const settle = jobs.map((job) => ({ job, outcome: { kind: 'release' } as const }))
    await worker.exchange(exchangeRequest({ workerId: 'w', settle }))
    expect(await claimed(worker, 'w')).toEqual([ready.id])
    await stop()
  })
})
