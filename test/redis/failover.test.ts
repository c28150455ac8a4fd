/**
 * A primary that dies, and a replica that takes over: found through a sentinel.
 * @module
 */
import { Redis } from 'ioredis'
import { afterEach, expect, test } from 'vitest'
import { redis } from '../../src/backends/redis/index.ts'
import type { Backend } from '../../src/contract/index.ts'
import { sleep } from '../../src/kit/sleep.ts'
import { type RedisServer, startRedis, startSentinel } from '../servers/redis.ts'
import { load } from './load.ts'
import { missing, states } from './store.ts'

const cleanUp: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

const primary = await startRedis(['--repl-diskless-sync-delay', '0'])

async function started(server: Promise<RedisServer | null>): Promise<RedisServer> {
  const running = await server
  if (running === null) throw new Error('It was there a moment ago')
  cleanUp.push(() => running.remove())
  return running
}

function open(sentinelPort: number): Backend {
  const sentinels = [{ host: '127.0.0.1', port: sentinelPort }]
  const connection = new Redis({ sentinels, name: 'primary', sentinelRetryStrategy: () => 50 })
  // Told by the calls that fail.
  connection.on('error', () => undefined)
  const backend = redis({ connection, commandTimeout: '1s' })
  cleanUp.push(async () => {
    await backend.close()
    connection.disconnect()
  })
  return backend
}

test.skipIf(primary === null)(
  'a failover loses no more than what was not yet replicated',
  {
    timeout: 60_000,
  },
  async () => {
    const { port } = await started(Promise.resolve(primary))
    const replica = await started(
      startRedis(['--replicaof', '127.0.0.1', String(port), '--repl-diskless-sync-delay', '0']),
    )
    const admin = new Redis(replica.port)
    cleanUp.push(async () => admin.disconnect())
    await expect.poll(() => admin.info('replication'), { timeout: 15_000 }).toContain('master_link_status:up')
    const sentinel = await started(startSentinel(port))
    const watcher = new Redis(sentinel.port)
    cleanUp.push(async () => watcher.disconnect())
    await expect
      .poll(() => watcher.call('SENTINEL', 'REPLICAS', 'primary'), { timeout: 15_000 })
      .toHaveLength(1)

    const [producer, worker] = [open(sentinel.port), open(sentinel.port)]
    const heard: string[] = []
    const stop = await worker.subscribe({ queues: ['default'] }, (topic) => heard.push(topic))
    const account = load(producer, worker)
    await sleep(1_000)
    const killedAt = performance.now()
    await primary?.kill()
    await expect.poll(() => admin.info('replication'), { timeout: 20_000 }).toContain('role:master')
    await expect
      .poll(() => Math.max(...account.stored.values()), { timeout: 10_000 })
      .toBeGreaterThan(killedAt + 500)
    heard.length = 0
    await expect.poll(() => heard, { timeout: 5_000 }).toContain('jobs')
    await sleep(500)
    await account.end()
    await stop()

    const lost = await missing(worker, [...account.stored.keys()])
    for (const id of lost) expect(account.stored.get(id)).toBeGreaterThan(killedAt - 1_000)
    expect(await states(worker)).toEqual({ succeeded: account.stored.size - lost.length })
    expect([...account.stored.keys()].filter((id) => !account.ran.has(id) && !lost.includes(id))).toEqual([])
  },
)
