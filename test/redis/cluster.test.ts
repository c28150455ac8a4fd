/**
 * A cluster of three primaries: each namespace lives in one slot, and knows nothing of the others' trouble.
 * @module
 */
import { Cluster, Redis } from 'ioredis'
import { afterAll, expect, test, vi } from 'vitest'
import { redis } from '../../src/backends/redis/index.ts'
import type { Backend } from '../../src/contract/index.ts'
import { sleep } from '../../src/kit/sleep.ts'
import { freePort } from '../servers/port.ts'
import { type RedisServer, startRedis } from '../servers/redis.ts'
import { load } from './load.ts'
import { beat, exchange, job, states, succeeded } from './store.ts'

const cleanUp: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

/** Slots of each node: a third of all. */
const SLOTS = [
  [0, 5_460],
  [5_461, 10_922],
  [10_923, 16_383],
] as const

async function startNode(): Promise<{ server: RedisServer; bus: number } | null> {
  // By default it would be 10,000 above the other, which may be too high.
  const bus = await freePort()
  const cluster = [
    '--cluster-enabled',
    'yes',
    '--cluster-port',
    String(bus),
    '--cluster-node-timeout',
    '2000',
  ]
  const alone = ['--cluster-announce-ip', '127.0.0.1', '--cluster-require-full-coverage', 'no']
  const server = await startRedis([...cluster, ...alone, '--appendonly', 'yes', '--appendfsync', 'always'])
  if (server === null) return null
  cleanUp.push(() => server.remove())
  return { server, bus }
}

async function startCluster(): Promise<RedisServer[] | null> {
  const nodes = [await startNode(), await startNode(), await startNode()]
  const admins: Redis[] = []
  for (const [at, node] of nodes.entries()) {
    if (node === null) return null
    const admin = new Redis(node.server.port)
    admins.push(admin)
    cleanUp.push(async () => admin.disconnect())
    await admin.cluster('ADDSLOTSRANGE', ...(SLOTS[at] ?? [0, 0]))
    await admins[0]?.call('CLUSTER', 'MEET', '127.0.0.1', node.server.port, node.bus)
  }
  for (const admin of admins) {
    const whole = /cluster_state:ok\r\ncluster_slots_assigned:16384/
    await vi.waitFor(async () => expect(await admin.cluster('INFO')).toMatch(whole), { timeout: 20_000 })
  }
  return nodes.flatMap((node) => (node === null ? [] : [node.server]))
}

const nodes = await startCluster()

function open(namespace: string): { backend: Backend; connection: Cluster } {
  const startup = (nodes ?? []).map(({ port }) => ({ host: '127.0.0.1', port }))
  const connection = new Cluster(startup, { clusterRetryStrategy: () => 50 })
  connection.on('error', () => undefined)
  const backend = redis({ connection, namespace, commandTimeout: '1s' })
  cleanUp.push(async () => {
    await backend.close()
    connection.disconnect()
  })
  return { backend, connection }
}

test.skipIf(nodes === null)(
  'each namespace lives on one node, all calls and wake-ups included',
  {
    timeout: 30_000,
  },
  async () => {
    const places = new Set<number>()
    for (const namespace of ['one', 'two', 'three', 'four']) {
      const { backend } = open(namespace)
      const heard: string[] = []
      const stop = await backend.subscribe({ queues: ['default'] }, (topic) => heard.push(topic))
      await beat(backend)
      await backend.enqueue([job(), job({ tags: ['x'], delayMs: 1_000_000 })])
      await expect.poll(() => heard).toContain('jobs')
      const { claimed } = await exchange(backend, [], 10)
      await exchange(backend, succeeded(claimed), 0)
      expect(await states(backend)).toEqual({ succeeded: 1, scheduled: 1 })
      expect(
        (await backend.records?.list({}, { limit: 9, order: 'oldest', after: null }))?.jobs,
      ).toHaveLength(2)
      await stop()
      for (const [at, node] of (nodes ?? []).entries()) {
        const admin = new Redis(node.port)
        const keys = await admin.keys(`{millrace:${namespace}}:*`)
        if (keys.length > 0) places.add(at)
        admin.disconnect()
      }
    }
    expect(places.size).toBeGreaterThan(1)
  },
)

test.skipIf(nodes === null)(
  'a node that dies and comes back loses nothing, and stops no other namespace',
  {
    timeout: 60_000,
  },
  async () => {
    const [a, b] = [open('one'), open('three')]
    const slot = await a.connection.cluster('KEYSLOT', '{millrace:one}:')
    const other = await a.connection.cluster('KEYSLOT', '{millrace:three}:')
    const at = SLOTS.findIndex(([from, to]) => slot >= from && slot <= to)
    expect(SLOTS.findIndex(([from, to]) => other >= from && other <= to)).not.toBe(at)
    const accounts = [load(a.backend, a.backend), load(b.backend, b.backend)] as const
    const before = await Promise.all([states(a.backend), states(b.backend)])
    await sleep(500)
    await nodes?.[at]?.kill()
    const dead = accounts[1].stored.size
    await expect.poll(() => accounts[1].stored.size, { timeout: 5_000 }).toBeGreaterThan(dead + 100)
    const again = await nodes?.[at]?.restart()
    cleanUp.push(async () => again?.remove())
    const stalled = accounts[0].stored.size
    await expect.poll(() => accounts[0].stored.size, { timeout: 20_000 }).toBeGreaterThan(stalled + 100)
    await Promise.all(accounts.map((account) => account.end()))
    for (const [index, backend] of [a.backend, b.backend].entries()) {
      const { stored = new Map(), ran = new Map() } = accounts[index] ?? {}
      expect((await states(backend)).succeeded).toBe((before[index]?.succeeded ?? 0) + stored.size)
      expect([...stored.keys()].filter((id) => ran.get(id) !== 1)).toEqual([])
    }
  },
)
