/**
 * A Redis or Valkey server for tests: the one that MILLRACE_TEST_REDIS_URL names, or one of this machine's own.
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { aptInstall } from './apt.ts'
import { findBinary } from './binary.ts'
import { freePort } from './port.ts'
import { type RunningServer, startServer } from './server.ts'
import { unavailable } from './unavailable.ts'

/** MILLRACE_TEST_REDIS_SERVER names another program, such as /usr/bin/valkey-server. */
const NAMES = ['redis-server', 'valkey-server']

/** A server of our own. */
export interface RedisServer extends RunningServer {
  readonly url: string
  readonly port: number
  /** Starts it again on its data, after it was stopped or killed. */
  restart(): Promise<RedisServer>
  /** Stops it and removes its data. */
  remove(): Promise<void>
}

function binary(): string | null {
  const found = process.env.MILLRACE_TEST_REDIS_SERVER || findBinary(NAMES)
  if (found !== null) return found
  return aptInstall(['redis-server']) ? findBinary(NAMES) : null
}

/**
 * Starts a server with settings of its own; null, and a warning, where there is none on this machine.
 * @param settings as on the command line of redis-server. Default: nothing is written to disk.
 */
export async function startRedis(
  settings: readonly string[] = [],
  port?: number,
): Promise<RedisServer | null> {
  const command = binary()
  if (command === null) return unavailable('Redis (or Valkey)')
  const folder = mkdtempSync(join(tmpdir(), 'millrace-redis-'))
  return launch(command, folder, port ?? (await freePort()), settings)
}

/**
 * Starts a sentinel that watches a primary of this machine, under the name `primary`, and alone decides that it is down.
 * @returns null where there is no server on this machine.
 */
export async function startSentinel(primaryPort: number): Promise<RedisServer | null> {
  const command = binary()
  if (command === null) return unavailable('Redis (or Valkey)')
  const folder = mkdtempSync(join(tmpdir(), 'millrace-sentinel-'))
  const file = join(folder, 'sentinel.conf')
  const settings = [
    `sentinel monitor primary 127.0.0.1 ${primaryPort} 1`,
    'sentinel down-after-milliseconds primary 500',
    'sentinel failover-timeout primary 3000',
  ]
  writeFileSync(file, settings.join('\n'))
  return launch(command, folder, await freePort(), ['--sentinel'], [file])
}

async function launch(
  command: string,
  folder: string,
  port: number,
  settings: readonly string[],
  first: readonly string[] = ['--save', ''],
): Promise<RedisServer> {
  const args = [...first, '--bind', '127.0.0.1', '--port', String(port), '--dir', folder, ...settings]
  const server = await startServer({ name: 'redis-server', command, args, ready: () => ping(port) })
  return {
    ...server,
    port,
    url: `redis://127.0.0.1:${port}`,
    restart: () => launch(command, folder, port, settings, first),
    async remove() {
      await server.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function ping(port: number): Promise<void> {
  const client = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null })
  // Told by the rejection of `connect`, too.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.ping()
  } finally {
    client.disconnect()
  }
}

/** The URL of a server for tests that change nothing but their own keys, and what ends it. */
export async function redisForTests(): Promise<{ url: string; end: () => Promise<void> } | null> {
  const given = process.env.MILLRACE_TEST_REDIS_URL
  if (given !== undefined && given !== '') return { url: given, end: async () => undefined }
  const server = await startRedis()
  return server === null ? null : { url: server.url, end: () => server.remove() }
}
