/**
 * The Redis backend under test: a namespace for each store, on the server's clock or on one that is moved by hand.
 * @module
 */
import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { redis } from '../../src/backends/redis/index.ts'
import type { Harness } from '../../src/conformance/index.ts'
import type { Backend } from '../../src/contract/index.ts'
import { ManualClock } from '../../src/kit/clock.ts'

/** A harness on a server; with `real` it goes by the server's own clock. */
export function redisHarness(url: string, time: 'real' | 'manual'): Harness {
  const clock = new ManualClock()
  const namespaces = new Map<Backend, string>()
  const open = (namespace: string): Backend => {
    const backend = redis({ url, namespace, ...(time === 'manual' ? { clock } : {}) })
    namespaces.set(backend, namespace)
    return backend
  }
  const namespaceOf = (backend: Backend): string => {
    const namespace = namespaces.get(backend)
    if (namespace === undefined) throw new Error('This backend was not opened here')
    return namespace
  }
  const harness: Harness = {
    name: time === 'real' ? 'redis' : 'redis on a manual clock',
    open: async () => open(`test-${randomUUID()}`),
    reopen: async (backend) => open(namespaceOf(backend)),
    dispose: async (backend) => {
      const namespace = namespaceOf(backend)
      namespaces.delete(backend)
      await backend.close()
      if (![...namespaces.values()].includes(namespace)) await removeNamespace(url, namespace)
    },
  }
  if (time === 'real') return harness
  const hands = {
    advance: (ms: number) => clock.advance(ms),
    jump: (ms: number) => clock.set(clock.now() + ms),
  }
  return { ...harness, clock: hands }
}

/** Removes all keys of a namespace. */
async function removeNamespace(url: string, namespace: string): Promise<void> {
  const client = new Redis(url)
  const keys = await client.keys(`{millrace:${namespace}}:*`)
  if (keys.length > 0) await client.unlink(keys)
  client.disconnect()
}
