/**
 * Servers set up otherwise: with TLS, with a password and rights, with a policy that throws jobs away.
 * @module
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type RedisOptions, redis } from '../../src/backends/redis/index.ts'
import type { Backend } from '../../src/contract/index.ts'
import { findBinary } from '../servers/binary.ts'
import { freePort } from '../servers/port.ts'
import { type RedisServer, startRedis } from '../servers/redis.ts'
import { beat, exchange, job, states, succeeded } from './store.ts'

const cleanUp: (() => Promise<unknown>)[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

const probe = await startRedis()
await probe?.remove()
const openssl = findBinary(['openssl'])

async function server(...settings: string[]): Promise<RedisServer> {
  const started = await startRedis(settings)
  if (started === null) throw new Error('It was there a moment ago')
  cleanUp.push(() => started.remove())
  return started
}

function open(options: string | RedisOptions): Backend {
  const backend = redis(options)
  cleanUp.push(() => backend.close())
  return backend
}

/** Does a little of everything. */
async function use(backend: Backend): Promise<void> {
  const heard: string[] = []
  const stop = await backend.subscribe({ queues: ['default'] }, (topic) => heard.push(topic))
  await beat(backend)
  await backend.enqueue([
    job(),
    job({ tags: ['x'], unique: { key: 'k', forMs: 9, states: [], conflict: 'skip' } }),
  ])
  await expect.poll(() => heard).toContain('jobs')
  const { claimed } = await exchange(backend, [], 10)
  await exchange(backend, succeeded(claimed), 0)
  expect(await states(backend)).toEqual({ succeeded: 2 })
  await backend.rescue({ quarantineAfter: 3 })
  expect(await backend.records?.prune([{ state: 'succeeded', maxAgeMs: null, maxCount: 0 }], 9)).toBe(2)
  await backend.info()
  await stop()
}

/** A certificate for this machine that signs itself. */
function certificate(): { cert: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-tls-'))
  cleanUp.push(async () => rmSync(folder, { recursive: true, force: true }))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  execFileSync(openssl ?? '', ['req', '-x509', ...kind, ...names, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  })
  return { cert, key }
}

describe.skipIf(probe === null)('Redis servers set up otherwise', () => {
  test.skipIf(openssl === null)('TLS, with a certificate that is trusted and one that is not', async () => {
    const { cert, key } = certificate()
    const port = await freePort()
    const tls = ['--tls-port', String(port), '--tls-cert-file', cert, '--tls-key-file', key]
    await server(...tls, '--tls-ca-cert-file', cert, '--tls-auth-clients', 'no')

    const stranger = open({ url: `rediss://localhost:${port}`, commandTimeout: '500ms' })
    await expect(stranger.enqueue([job()])).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining('self-signed certificate'),
    })
    const connection = new Redis(port, 'localhost', { tls: { ca: readFileSync(cert) } })
    cleanUp.push(async () => connection.disconnect())
    await use(open({ connection }))
  })

  test('a user with no more rights than the guide lists can do everything', async () => {
    const { port } = await server()
    const admin = new Redis(port)
    cleanUp.push(async () => admin.disconnect())
    const guide = readFileSync(new URL('../../docs/guides/redis.md', import.meta.url), 'utf8')
    const rule = /^ACL SETUSER app (.*)$/m.exec(guide)?.[1] ?? ''
    await admin.call('ACL', 'SETUSER', 'app', ...rule.replace('<password>', 'secret').split(' '))
    await use(open(`redis://app:secret@127.0.0.1:${port}`))
    const since = performance.now()
    await expect(open(`redis://app:wrong@127.0.0.1:${port}`).enqueue([job()])).rejects.toMatchObject({
      code: 'store-unavailable',
      retriable: false,
      message: expect.stringContaining('does not know this user and password'),
    })
    expect(performance.now() - since).toBeLessThan(4_000)
  })

  test('a policy that throws keys away is warned of as a process starts to use the store, once', async () => {
    const { url } = await server('--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru')
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const backend = open(url)
    await backend.enqueue([job()])
    await backend.enqueue([job()])
    expect(warn.mock.calls.map(([message]) => message)).toEqual([
      expect.stringMatching(/maxmemory-policy is allkeys-lru.*Set it to noeviction/),
    ])
    expect((await backend.info()).facts.warning).toContain('allkeys-lru')
  })
})
