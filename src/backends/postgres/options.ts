/**
 * Options of the Postgres backend.
 * @module
 */
import { type Duration, InvalidOptionError } from '../../contract/index.ts'
import { checkInteger, checkKeys } from '../../kit/check.ts'
import { parseDuration } from '../../kit/durations.ts'

/** What `postgres()` takes. Each option but `url` may also stand in the URL's query. */
export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`, with the parameters of `pg`, such as `?sslmode=verify-full`. */
  readonly url: string
  /** The schema that holds Millrace's tables. Default `millrace`. */
  readonly schema?: string
  /** Most connections of this process, the one that listens for wake-ups not counted. Default 5. */
  readonly connections?: number
  /**
   * How this process hears of new jobs. `on` (default): a connection of its own that listens. `off`: it looks every
   * `pollInterval`. A URL: listens there, which is the setting where `url` leads to PgBouncer in transaction mode.
   */
  readonly listen?: string
  /** How often to look for jobs while nothing listens. Default 500 ms. */
  readonly pollInterval?: Duration
  /** `auto` (default): the first call brings the schema up to date. `manual`: `millrace migrate` does, with its own role. */
  readonly migrate?: 'auto' | 'manual'
  /** How long to wait for a connection. Default 5 s. */
  readonly connectTimeout?: Duration
  /** How long one call may take before its connection is given up. Default 30 s. */
  readonly callTimeout?: Duration
  /** The same for bringing the schema up to date, which takes long where tables are large. Default: as long as it takes. */
  readonly migrateTimeout?: Duration
}

/** The options, checked and complete. */
export interface PostgresSettings {
  /** For the driver: without our own options. */
  readonly url: string
  readonly schema: string
  readonly connections: number
  /** Where to listen; null: nowhere. */
  readonly listenUrl: string | null
  readonly pollIntervalMs: number
  readonly migrate: 'auto' | 'manual'
  readonly connectTimeoutMs: number
  readonly callTimeoutMs: number
  /** Null: as long as it takes. */
  readonly migrateTimeoutMs: number | null
  /** Host, port, database and schema, without user and password. */
  readonly location: string
}

const KEYS = [
  'url',
  'schema',
  'connections',
  'listen',
  'pollInterval',
  'migrate',
  'connectTimeout',
  'callTimeout',
  'migrateTimeout',
] as const

/** Checks the options. @throws InvalidOptionError */
export function resolveOptions(given: string | PostgresOptions): PostgresSettings {
  const own: PostgresOptions = typeof given === 'string' ? { url: given } : given
  checkKeys(own, KEYS, 'the Postgres backend')
  const { url, inUrl } = parse(own.url)
  const options: PostgresOptions = { ...inUrl, ...own }
  const schema = options.schema ?? 'millrace'
  if (
    typeof schema !== 'string' ||
    !/^[\p{L}_][\p{L}\p{N}_$-]*$/u.test(schema) ||
    Buffer.byteLength(schema) > 50
  ) {
    throw new InvalidOptionError(
      'schema',
      `"schema" is a name of at most 50 bytes of letters, digits and "_", not ${JSON.stringify(schema)}.`,
    )
  }
  const listen = options.listen ?? 'on'
  return {
    url: url.href,
    schema,
    connections: checkInteger(Number(options.connections ?? 5), 'connections', 1, 1_000),
    listenUrl: listen === 'on' ? url.href : listen === 'off' ? null : parse(listen, 'listen').url.href,
    pollIntervalMs: Math.max(10, parseDuration(options.pollInterval ?? 500, 'pollInterval')),
    migrate: oneOf(options.migrate ?? 'auto', 'migrate', ['auto', 'manual']),
    connectTimeoutMs: Math.max(1, parseDuration(options.connectTimeout ?? '5s', 'connectTimeout')),
    callTimeoutMs: Math.max(1, parseDuration(options.callTimeout ?? '30s', 'callTimeout')),
    migrateTimeoutMs:
      options.migrateTimeout === undefined
        ? null
        : Math.max(1, parseDuration(options.migrateTimeout, 'migrateTimeout')),
    location: `${url.hostname || url.searchParams.get('host') || 'localhost'}:${url.port || '5432'}${url.pathname} schema ${schema}`,
  }
}

/** The channel on which processes tell one another what changed. */
export function channelOf({ schema }: PostgresSettings): string {
  return `millrace:${schema}`
}

/** A URL that opens the same store elsewhere, such as in the thread that sends heartbeats. */
export function urlOf(settings: PostgresSettings): string {
  const url = new URL(settings.url)
  const { schema, migrate, connectTimeoutMs, callTimeoutMs, migrateTimeoutMs, pollIntervalMs, listenUrl } =
    settings
  const listen = listenUrl === null ? 'off' : listenUrl === settings.url ? 'on' : listenUrl
  const own = {
    schema,
    migrate,
    listen,
    connections: String(settings.connections),
    connectTimeout: `${connectTimeoutMs}ms`,
    callTimeout: `${callTimeoutMs}ms`,
    pollInterval: `${pollIntervalMs}ms`,
  }
  if (migrateTimeoutMs !== null) url.searchParams.set('migrateTimeout', `${migrateTimeoutMs}ms`)
  for (const [key, value] of Object.entries(own)) url.searchParams.set(key, value)
  return url.href
}

/** Parts our own options from those of the driver. */
function parse(text: unknown, field = 'url'): { url: URL; inUrl: Partial<PostgresOptions> } {
  let url: URL
  try {
    url = new URL(String(text))
  } catch {
    throw notAUrl(field)
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') throw notAUrl(field)
  const inUrl: Record<string, string> = {}
  for (const key of KEYS) {
    const value = url.searchParams.get(key)
    if (value === null) continue
    inUrl[key] = value
    url.searchParams.delete(key)
  }
  return { url, inUrl }
}

/** Says nothing of what was given: it may hold a password. */
function notAUrl(field: string): InvalidOptionError {
  return new InvalidOptionError(
    field,
    `"${field}" must be a URL such as postgres://user:password@localhost:5432/database.`,
  )
}

function oneOf<T extends string>(value: string, field: string, known: readonly T[]): T {
  if ((known as readonly string[]).includes(value)) return value as T
  throw new InvalidOptionError(
    field,
    `"${field}" is ${known.map((name) => `"${name}"`).join(' or ')}, not ${JSON.stringify(value)}.`,
  )
}
