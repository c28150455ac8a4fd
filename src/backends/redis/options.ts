/**
 * Options of the Redis backend.
 * @module
 */
import { type Clock, type Duration, InvalidOptionError } from '../../contract/index.ts'
import { checkKeys } from '../../kit/check.ts'
import { parseDuration } from '../../kit/durations.ts'
import { show } from '../../kit/show.ts'
import type { UserClient } from './driver.ts'

/** What `redis()` takes. */
export interface RedisOptions {
  /** `redis://user:password@host:port/database`, or `rediss://` for TLS. Give this or `connection`. */
  readonly url?: string
  /**
   * A client of ioredis of your own, also of Sentinel or of a cluster. It stays yours to close. Heartbeats then come
   * from the main thread, since another thread cannot open the same connection.
   */
  readonly connection?: UserClient
  /** Jobs of one namespace see nothing of another's. Default `default`. */
  readonly namespace?: string
  /** No call waits longer than this for the server. Default 5 s. */
  readonly commandTimeout?: Duration
  /** For tests. Default: the server's clock. */
  readonly clock?: Clock
}

/** The options, checked and complete. */
export interface RedisSettings {
  readonly url: string | null
  readonly connection: UserClient | null
  /** Where the data is, without passwords. */
  readonly location: string
  readonly namespace: string
  readonly commandTimeoutMs: number
  readonly clock: Clock | null
}

const KEYS = ['url', 'connection', 'namespace', 'commandTimeout', 'clock'] as const

/** Braces would make another hash slot, and spaces or control characters are never meant. */
const NAMESPACE = /^[^\s{}\p{Cc}]{1,64}$/u

/** Checks the options. @throws InvalidOptionError */
export function resolveOptions(given: string | RedisOptions): RedisSettings {
  const options: RedisOptions = typeof given === 'string' ? { url: given } : given
  checkKeys(options, KEYS, 'the Redis backend')
  const { url, connection, namespace = 'default', commandTimeout = '5s', clock = null } = options
  if ((url === undefined) === (connection === undefined)) {
    throw new InvalidOptionError('url', 'The Redis backend needs either "url" or "connection".')
  }
  if (typeof namespace !== 'string' || !NAMESPACE.test(namespace)) {
    throw new InvalidOptionError(
      'namespace',
      `"namespace" is text of 1 to 64 characters without spaces and braces, not ${show(namespace)}.`,
    )
  }
  const commandTimeoutMs = Math.max(1, parseDuration(commandTimeout, 'commandTimeout'))
  const rest = { namespace, commandTimeoutMs, clock }
  if (connection !== undefined) {
    return { ...rest, url: null, connection: checkConnection(connection), location: 'the given connection' }
  }
  const parsed = parseUrl(url)
  return { ...rest, url: parsed.href, connection: null, location: locationOf(parsed) }
}

function parseUrl(url: unknown): URL {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : null
  if (parsed === null || !['redis:', 'rediss:'].includes(parsed.protocol) || parsed.hostname === '') {
    // The URL is not shown: it may hold a password.
    throw new InvalidOptionError('url', 'The URL of a Redis store looks like "redis://localhost:6379/0".')
  }
  return parsed
}

function locationOf(url: URL): string {
  const database = url.pathname.length > 1 ? url.pathname : '/0'
  return `${url.protocol}//${url.hostname}:${url.port === '' ? '6379' : url.port}${database}`
}

function checkConnection(connection: UserClient): UserClient {
  if (typeof connection?.callBuffer === 'function' && typeof connection.duplicate === 'function')
    return connection
  throw new InvalidOptionError(
    'connection',
    '"connection" is no client of ioredis. Pass `new Redis(…)`, or a URL as "url".',
  )
}

/** The URL by which another thread or process opens the same store. */
export function urlOf(settings: RedisSettings): string | null {
  if (settings.url === null) return null
  const url = new URL(settings.url)
  url.searchParams.set('namespace', settings.namespace)
  url.searchParams.set('commandTimeout', `${settings.commandTimeoutMs}ms`)
  return url.href
}
