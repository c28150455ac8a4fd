import { Redis } from 'ioredis'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { loadBackend } from '../../src/app/load-backend.ts'
import { redis } from '../../src/backends/redis/index.ts'
import { startRedis } from '../servers/redis.ts'
import { job } from './store.ts'

afterEach(() => {
  vi.doUnmock('ioredis')
  vi.resetModules()
})

test('options are checked', () => {
  const wrong = [
    'http://localhost',
    'localhost:6379',
    {},
    { url: 'redis://localhost', namespace: '' },
    { url: 'redis://localhost', namespace: 'a{b}' },
    { url: 'redis://localhost', commandTimeout: 'soon' },
    { url: 'redis://localhost', connection: {} },
    { connection: {} },
    { url: 'redis://localhost', nameSpace: 'x' },
  ]
  for (const options of wrong) {
    expect(() => Reflect.apply(redis, null, [options])).toThrow(
      expect.objectContaining({ code: 'invalid-option' }),
    )
  }
})

test('the URL of a store opens the same store, and errors hold no password', async () => {
  const backend = redis({ url: 'redis://app:secret@127.0.0.1:1/3', namespace: 'shop', commandTimeout: 100 })
  const again = await loadBackend(backend.url ?? '')
  expect(again.url).toBe(backend.url)
  const error = await again.enqueue([job()]).catch((reason: Error) => reason)
  expect(error).toMatchObject({ code: 'store-unavailable' })
  expect(String(error)).not.toContain('secret')
  await expect(loadBackend('redis://127.0.0.1/0?nameSpace=x')).rejects.toMatchObject({
    code: 'invalid-option',
  })
  await Promise.all([backend.close(), again.close()])
})

test('without ioredis the error says how to install it', async () => {
  vi.doMock('ioredis', () => {
    throw new Error("Cannot find package 'ioredis'")
  })
  vi.resetModules()
  const fresh = await import('../../src/backends/redis/index.ts')
  const backend = fresh.redis('redis://127.0.0.1:1')
  await expect(backend.info()).rejects.toThrow('npm install ioredis')
})

const server = await startRedis()

describe.skipIf(server === null)('Redis server', () => {
  test('a connection of the user’s own serves, and stays open', async () => {
    const connection = new Redis(server?.port ?? 0)
    const backend = redis({ connection, namespace: 'own' })
    expect(backend.url).toBeNull()
    const heard: string[] = []
    const stop = await backend.subscribe({ queues: ['default'] }, (topic) => heard.push(topic))
    await backend.enqueue([job({ id: 'a' })])
    await expect.poll(() => heard).toContain('jobs')
    expect((await backend.records?.get(['a']))?.[0]?.state).toBe('pending')
    await stop()
    await backend.close()
    expect(await connection.ping()).toBe('PONG')
    connection.disconnect()
  })

  test('info warns of a server that does not keep jobs', async () => {
    const backend = redis(server?.url ?? '')
    const { facts, storeVersion, schema } = await backend.info()
    expect(storeVersion).toMatch(/^\d/)
    expect(schema).toEqual({ found: 0, wanted: 1 })
    expect(facts.warning).toMatch(/appendonly yes/)
    expect(facts['maxmemory policy']).toBe('noeviction')
    await backend.close()
    await server?.remove()
  })
})
