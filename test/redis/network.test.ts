/**
 * Networks that swallow what is sent, and servers that take their time.
 * @module
 */
import { Redis } from 'ioredis'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { redis } from '../../src/backends/redis/index.ts'
import type { Backend } from '../../src/contract/index.ts'
import { sleep } from '../../src/kit/sleep.ts'
import { openProxy } from '../servers/proxy.ts'
import { startRedis } from '../servers/redis.ts'
import { load } from './load.ts'
import { beat, exchange, insist, job, states, succeeded } from './store.ts'

const cleanUp: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

afterAll(async () => server?.remove())

const server = await startRedis(['--busy-reply-threshold', '50'])
const port = server?.port ?? 0

function open(at: number, namespace: string): Backend {
  const backend = redis({ url: `redis://127.0.0.1:${at}`, namespace, commandTimeout: '300ms' })
  cleanUp.push(() => backend.close())
  return backend
}

async function proxy() {
  const opened = await openProxy(port)
  cleanUp.push(() => opened.close())
  return opened
}

function administrator(): Redis {
  const admin = new Redis(port)
  cleanUp.push(async () => admin.disconnect())
  return admin
}

const LOST = { code: 'store-unavailable', retriable: true }

describe.skipIf(server === null)('Redis over a bad network', () => {
  test('an exchange that arrives after its successor claims nothing', async () => {
    const hole = await proxy()
    const backend = open(hole.port, 'late')
    await beat(backend)
    await backend.enqueue(Array.from({ length: 9 }, () => job()))
    await exchange(backend, [], 0)
    hole.swallow()
    await expect(exchange(backend, [], 5)).rejects.toMatchObject(LOST)
    hole.pass()
    const { claimed } = await exchange(backend, [], 3, [])
    expect(claimed).toHaveLength(3)
    hole.deliver()
    await sleep(100)
    expect(await states(backend)).toEqual({ active: 3, pending: 6 })
    expect((await exchange(backend, succeeded(claimed), 0)).leaseLost).toEqual([])
  })

  test('while a worker is cut off for longer than its lease, others do its jobs, and it changes nothing after', async () => {
    const hole = await proxy()
    const [cutOff, other] = [open(hole.port, 'hole'), open(port, 'hole')]
    await beat(cutOff, 'w', 400)
    const ids = Array.from({ length: 50 }, () => job())
    await other.enqueue(ids)
    const { claimed } = await exchange(cutOff, [], 20)
    hole.swallow()
    await expect(exchange(cutOff, succeeded(claimed.slice(0, 10)), 5)).rejects.toMatchObject(LOST)
    await expect(cutOff.enqueue([job({ id: 'unknown' })])).rejects.toMatchObject(LOST)
    await sleep(200)
    await other.rescue({ quarantineAfter: 3 })
    const rescued = await other.rescue({ quarantineAfter: 3 })
    expect(rescued.map(({ id }) => id).sort()).toEqual(claimed.map(({ id }) => id).sort())
    await beat(other, 'other')
    const claim = { queues: [{ name: 'default', limit: 99 }], limit: 99 }
    const taken = await other.exchange({ workerId: 'other', settle: [], begin: [], claim, holding: null })
    expect(taken.claimed).toHaveLength(50)

    hole.pass()
    hole.deliver()
    // What the worker had settled is not its own any more, and it cannot claim before it is heard of again.
    const late = await insist(() => exchange(cutOff, succeeded(claimed), 5, claimed))
    expect([...late.leaseLost].sort()).toEqual(claimed.map(({ id }) => id).sort())
    expect(late.leaseExpired).toBe(true)
    const settle = succeeded(taken.claimed)
    const done = await other.exchange({ workerId: 'other', settle, begin: [], claim: null, holding: null })
    expect(done.leaseLost).toEqual([])
    // The enqueue may have arrived or not; repeating it with the same id makes it one job in any case.
    await insist(() => cutOff.enqueue([job({ id: 'unknown' })]))
    expect(await states(other)).toEqual({ succeeded: 50, pending: 1 })
  })

  test('a server that stops again and again for longer than a call waits loses and repeats nothing', {
    timeout: 30_000,
  }, async () => {
    const [producer, worker] = [open(port, 'slow'), open(port, 'slow')]
    const admin = administrator()
    const account = load(producer, worker)
    for (let round = 0; round < 3; round += 1) {
      await sleep(200)
      await admin.client('PAUSE', 500, 'ALL')
      await sleep(550)
    }
    await account.end()
    expect(account.stored.size).toBeGreaterThan(100)
    expect(await states(worker)).toEqual({ succeeded: account.stored.size })
    expect([...account.stored.keys()].filter((id) => account.ran.get(id) !== 1)).toEqual([])
  })

  test('while somebody’s script blocks the server, calls say that they can be repeated', async () => {
    const backend = open(port, 'busy')
    await backend.enqueue([job()])
    const [admin, other] = [administrator(), administrator()]
    await Promise.all([admin.ping(), other.ping()])
    const endless = other.eval('while true do end', 0).catch((error: Error) => error)
    await sleep(100)
    await expect(backend.enqueue([job()])).rejects.toMatchObject(LOST)
    await admin.script('KILL')
    await endless
    await insist(() => backend.enqueue([job()]))
  })
})
