import { Redis } from 'ioredis'
import { afterEach, describe, expect, test } from 'vitest'
import { redis } from '../../src/backends/redis/index.ts'
import type { Backend, ClaimRef } from '../../src/contract/index.ts'
import { sleep } from '../../src/kit/sleep.ts'
import { freePort } from '../servers/port.ts'
import { openProxy } from '../servers/proxy.ts'
import { type RedisServer, startRedis } from '../servers/redis.ts'
import { load } from './load.ts'
import { beat, exchange, insist, job, missing, states, succeeded } from './store.ts'

const cleanUp: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

async function server(...settings: string[]): Promise<RedisServer> {
  const started = await startRedis(settings)
  if (started === null) throw new Error('It was there a moment ago')
  cleanUp.push(() => started.remove())
  return started
}

function open(port: number, options: { readonly commandTimeout?: string } = {}): Backend {
  const backend = redis({ url: `redis://127.0.0.1:${port}`, ...options })
  cleanUp.push(() => backend.close())
  return backend
}

const probe = await startRedis()
await probe?.remove()

describe.skipIf(probe === null)('Redis faults', () => {
  test('a server that is killed and restarted under load loses nothing and repeats nothing (AOF always)', {
    timeout: 60_000,
  }, async () => {
    let running = await server('--appendonly', 'yes', '--appendfsync', 'always')
    const [producer, worker] = [open(running.port), open(running.port)]
    const account = load(producer, worker)
    for (let round = 0; round < 3; round += 1) {
      await sleep(400)
      await running.kill()
      running = await running.restart()
      cleanUp.push(() => running.remove())
    }
    await sleep(300)
    await account.end()
    expect(account.stored.size).toBeGreaterThan(200)
    expect(await states(worker)).toEqual({ succeeded: account.stored.size })
    expect([...account.stored.keys()].filter((id) => account.ran.get(id) !== 1)).toEqual([])
    expect(account.ran.size).toBe(account.stored.size)
  })

  test('a crash takes at most the last second of what was stored (AOF everysec)', {
    timeout: 60_000,
  }, async () => {
    const running = await server('--appendonly', 'yes', '--appendfsync', 'everysec')
    const [producer, worker] = [open(running.port), open(running.port)]
    const account = load(producer, worker)
    await sleep(2_500)
    const killedAt = performance.now()
    await running.kill()
    const again = await running.restart()
    cleanUp.push(() => again.remove())
    await sleep(300)
    await account.end()
    const lost = await missing(worker, [...account.stored.keys()])
    // The disk is written once a second, by a thread that may come a little late.
    for (const id of lost) expect(account.stored.get(id)).toBeGreaterThan(killedAt - 2_000)
    expect(await states(worker)).toEqual({ succeeded: account.stored.size - lost.length })
    // What the server forgot to have handed out or to have settled ran a second time.
    for (const [id, times] of account.ran) {
      if (times > 1) expect(account.stored.get(id)).toBeGreaterThan(killedAt - 4_000)
    }
  })

  test('a call whose answer is cut off can be made again: enqueue, claim and settle happen once', async () => {
    const { port } = await server()
    const proxy = await openProxy(port)
    cleanUp.push(() => proxy.close())
    const backend = open(proxy.port)
    await beat(backend)
    const cutOff = async (call: () => Promise<unknown>): Promise<void> => {
      await backend.info()
      proxy.deafen()
      const done = call()
      await sleep(100)
      proxy.cut()
      await expect(done).rejects.toMatchObject({ code: 'store-unavailable', retriable: true })
    }

    // The server learns the scripts: else it would only have said that it does not know them.
    await backend.enqueue([job({ id: 'first' })])
    await exchange(backend, succeeded((await exchange(backend, [], 1)).claimed), 0)
    const batch = [job({ id: 'a' }), job({ id: 'b' }), job({ id: 'c' })]
    await cutOff(() => backend.enqueue(batch))
    const receipts = await backend.enqueue(batch)
    expect(receipts.map(({ outcome }) => outcome)).toEqual(['deduplicated', 'deduplicated', 'deduplicated'])

    await cutOff(() => exchange(backend, [], 2))
    const { claimed } = await exchange(backend, [], 2, [])
    expect(claimed.map(({ id }) => id)).toEqual(['a', 'b'])
    expect(await states(backend)).toEqual({ pending: 1, active: 2, succeeded: 1 })

    const settle = succeeded(claimed)
    await cutOff(() => exchange(backend, settle, 5))
    await cutOff(() => exchange(backend, settle, 5, claimed))
    const reply = await exchange(backend, settle, 5, claimed)
    expect(reply.claimed.map(({ id }) => id)).toEqual(['c'])
    expect((await exchange(backend, succeeded(reply.claimed), 0)).leaseLost).toEqual([])
    expect(await states(backend)).toEqual({ succeeded: 4 })
  })

  test('a large exchange that is cut off half-way leaves no job behind', { timeout: 30_000 }, async () => {
    const { port } = await server()
    const proxy = await openProxy(port)
    cleanUp.push(() => proxy.close())
    const backend = open(proxy.port)
    await beat(backend)
    const all = Array.from({ length: 3_000 }, () => job())
    await backend.enqueue(all)
    const ran: string[] = []
    let ended: ReturnType<typeof succeeded> = []
    let ends = false
    const cutting = (async () => {
      // Ever longer, so that however slow the machine is, a call gets through in the end.
      for (let pause = 10; !ends; pause *= 1.1) {
        await sleep(pause)
        proxy.cut()
      }
    })()
    do {
      let holding: readonly ClaimRef[] | null = null
      const reply = await insist(() => {
        const call = exchange(backend, ended, 700, holding)
        holding = ended.map(({ job }) => job)
        return call
      })
      ran.push(...reply.claimed.map(({ id }) => id))
      ended = succeeded(reply.claimed)
    } while (ended.length > 0)
    ends = true
    await cutting
    expect(await insist(() => states(backend))).toEqual({ succeeded: 3_000 })
    expect(ran.sort()).toEqual(all.map(({ id }) => id).sort())
  })

  test('a batch of 1,000 jobs is stored as a whole or not at all', { timeout: 30_000 }, async () => {
    const { port } = await server()
    const proxy = await openProxy(port)
    cleanUp.push(() => proxy.close())
    const [cut, reader] = [open(proxy.port), open(port)]
    await cut.enqueue([job()])
    const seen = new Set<number>()
    let ends = false
    const reading = (async () => {
      while (!ends) seen.add((await states(reader)).pending ?? 0)
    })()
    for (let round = 0; round < 8; round += 1) {
      const batch = Array.from({ length: 1_000 }, () => job({ payload: JSON.stringify('x'.repeat(500)) }))
      const stored = cut.enqueue(batch).then(
        () => 'stored',
        () => 'in doubt',
      )
      await sleep(round * 3)
      proxy.cut()
      const answer = await stored
      const there =
        1_000 -
        (
          await missing(
            reader,
            batch.map(({ id }) => id),
          )
        ).length
      expect(answer === 'stored' ? [1_000] : [0, 1_000]).toContain(there)
    }
    ends = true
    await reading
    expect([...seen].filter((count) => count % 1_000 !== 1)).toEqual([])
  })

  test('an exchange that a client sends twice claims once', async () => {
    const { port } = await server()
    const proxy = await openProxy(port)
    cleanUp.push(() => proxy.close())
    const connection = new Redis(proxy.port, { autoResendUnfulfilledCommands: true })
    cleanUp.push(async () => connection.disconnect())
    const backend = redis({ connection })
    await beat(backend)
    await backend.enqueue([job({ id: 'a' }), job({ id: 'b' })])
    await exchange(backend, [], 0)
    proxy.deafen()
    const twice = exchange(backend, [], 1)
    await sleep(100)
    proxy.cut()
    await expect(twice).rejects.toMatchObject({ code: 'store-unavailable', retriable: true })
    expect((await exchange(backend, [], 5, [])).claimed.map(({ id }) => id)).toEqual(['a', 'b'])
  })

  test('scripts that are flushed are sent anew', async () => {
    const { port } = await server()
    const [backend, other] = [open(port), new Redis(port)]
    cleanUp.push(async () => other.disconnect())
    await beat(backend)
    for (let round = 0; round < 10; round += 1) {
      const calls = [backend.enqueue([job()]), exchange(backend, [], 10), other.script('FLUSH')] as const
      await backend.enqueue([job()])
      const [, { claimed }] = await Promise.all(calls)
      await exchange(backend, succeeded(claimed), 0)
    }
    const { claimed } = await exchange(backend, [], 100)
    await exchange(backend, succeeded(claimed), 0)
    expect(await states(backend)).toEqual({ succeeded: 20 })
  })

  test('full memory refuses new jobs, and workers and retention make room', async () => {
    const { port } = await server('--maxmemory', '6mb', '--maxmemory-policy', 'noeviction')
    const backend = open(port)
    await beat(backend)
    const payload = JSON.stringify('x'.repeat(1_000))
    let stored = 0
    const fill = async (): Promise<void> => {
      for (;;) {
        await backend.enqueue(Array.from({ length: 50 }, () => job({ payload })))
        stored += 50
      }
    }
    await expect(fill()).rejects.toMatchObject({ code: 'store-full' })
    expect(await states(backend)).toEqual({ pending: stored })
    for (;;) {
      const { claimed } = await exchange(backend, [], 100)
      if (claimed.length === 0) break
      await exchange(backend, succeeded(claimed), 0)
    }
    expect(await states(backend)).toEqual({ succeeded: stored })
    expect(await backend.records?.prune([{ state: 'succeeded', maxAgeMs: null, maxCount: 0 }], stored)).toBe(
      stored,
    )
    expect(await backend.enqueue([job({ id: 'again' })])).toEqual([{ id: 'again', outcome: 'created' }])
  })

  test('a read-only replica says so', async () => {
    const primary = await server('--repl-diskless-sync-delay', '0')
    const replica = await server('--replicaof', '127.0.0.1', String(primary.port))
    await open(primary.port).enqueue([job()])
    const backend = open(replica.port)
    await expect.poll(async () => (await backend.info()).schema?.found, { timeout: 10_000 }).toBe(1)
    await expect(backend.enqueue([job()])).rejects.toMatchObject({ code: 'store-read-only' })
  })

  test('a server that hangs holds no call for longer than its timeout, and goes on when it wakes', async () => {
    const running = await server()
    const backend = open(running.port, { commandTimeout: '300ms' })
    await backend.enqueue([job()])
    running.signal('SIGSTOP')
    const since = performance.now()
    await expect(backend.enqueue([job()])).rejects.toMatchObject({
      code: 'store-unavailable',
      retriable: true,
    })
    expect(performance.now() - since).toBeLessThan(2_000)
    running.signal('SIGCONT')
    await insist(() => backend.enqueue([job({ id: 'late' })]))
  })

  test('a store that is down at first is used once it is up, and subscribers are woken', async () => {
    const port = await freePort()
    const backend = open(port, { commandTimeout: '200ms' })
    await expect(backend.enqueue([job()])).rejects.toMatchObject({ code: 'store-unavailable' })
    const late = await startRedis([], port)
    cleanUp.push(async () => late?.remove())
    await insist(() => backend.enqueue([job()]))

    const heard: string[] = []
    const stop = await backend.subscribe({ queues: ['default'], settled: true }, (topic) => heard.push(topic))
    await late?.kill()
    await expect.poll(() => heard, { timeout: 5_000 }).toContain('jobs')
    const again = await late?.restart()
    cleanUp.push(async () => again?.remove())
    await insist(() => backend.enqueue([job()]))
    await sleep(2_500)
    heard.length = 0
    await backend.enqueue([job()])
    await expect.poll(() => heard, { timeout: 5_000 }).toEqual(['jobs'])
    await stop()
  })
})
