/**
 * The one place that loads a backend: lazily, by the scheme of its URL, so that nobody pays for another.
 * @module
 */
import type { Backend, Clock } from '../contract/index.ts'
import { BackendError, InvalidOptionError, MillraceError } from '../contract/index.ts'
import { checkKeys } from '../kit/check.ts'
import { show } from '../kit/show.ts'
import { suggest } from '../kit/suggest.ts'

/** A URL of a store, in its parts. */
interface StoreUrl {
  readonly scheme: string
  /** What follows the scheme, without the options. */
  readonly rest: string
  readonly options: Readonly<Record<string, string>>
}

/** For tests: the clock the store shall go by. */
interface ClockOption {
  readonly clock?: Clock
}

/** How the backends are made, by scheme. To add one is to add a line here. */
const LOADERS: Readonly<Record<string, (url: StoreUrl, clock: ClockOption) => Promise<Backend>>> = {
  sqlite: async ({ rest, options }, clock) => {
    const { sqlite } = await import('../backends/sqlite/index.ts')
    checkKeys(options, SQLITE_OPTIONS, "the backend's URL")
    return sqlite({ ...options, ...clock, file: filePath(rest) })
  },
  memory: async ({ rest, options }, clock) => {
    if (rest !== '' || Object.keys(options).length > 0) {
      throw new InvalidOptionError(
        'backend',
        "The memory backend has no address and no options: write 'memory:'.",
      )
    }
    const { memory } = await import('../backends/memory/index.ts')
    return memory(clock)
  },
  postgres: (url) => postgresBackend(url),
  postgresql: (url) => postgresBackend(url),
  redis: (url, clock) => redisBackend(url, clock),
  rediss: (url, clock) => redisBackend(url, clock),
}

/** Its URL is the driver's too, so that the backend itself tells their options apart. */
async function postgresBackend({ scheme, rest, options }: StoreUrl): Promise<Backend> {
  const { postgres } = await import('../backends/postgres/index.ts')
  const query = new URLSearchParams(options).toString()
  return postgres(`${scheme}:${rest}${query === '' ? '' : `?${query}`}`)
}

async function redisBackend({ scheme, rest, options }: StoreUrl, clock: ClockOption): Promise<Backend> {
  const { redis } = await import('../backends/redis/index.ts')
  checkKeys(options, REDIS_OPTIONS, "the backend's URL")
  return redis({ ...options, ...clock, url: `${scheme}:${rest}` })
}

const REDIS_OPTIONS = ['namespace', 'commandTimeout'] as const
const SQLITE_OPTIONS = ['synchronous', 'busyTimeout', 'pollInterval', 'binding'] as const

const URL_FORM = /^([a-z][a-z0-9+.-]*):(.*)$/su

/**
 * Makes the backend that a URL names. It connects when it is first used.
 *
 * Known are `sqlite:<path>`, relative to the current directory, with options such as `?synchronous=normal`,
 * `postgres://user:password@host/database`, with options such as `?schema=jobs`,
 * `redis://user:password@host/0`, with options such as `?namespace=shop`, and `memory:`.
 * @param clock for tests. Default: the system's.
 * @throws InvalidOptionError for a URL that names none; BackendError where the backend's code cannot be loaded.
 */
export async function loadBackend(url: string, clock: ClockOption = {}): Promise<Backend> {
  const parts = parseStoreUrl(url)
  try {
    const load = LOADERS[parts.scheme] as (url: StoreUrl, clock: ClockOption) => Promise<Backend>
    return await load(parts, clock)
  } catch (error) {
    if (error instanceof MillraceError) throw error
    const reason = error instanceof Error ? error.message : show(error)
    throw new BackendError(
      'driver-missing',
      `The backend for '${parts.scheme}:' cannot be loaded: ${reason}`,
      {
        cause: error,
      },
    )
  }
}

/**
 * The parts of a store's URL. Loads nothing.
 * @throws InvalidOptionError where it is no URL or its scheme is not known.
 */
export function parseStoreUrl(url: string): StoreUrl {
  const [, scheme = '', address = ''] = (typeof url === 'string' ? URL_FORM.exec(url) : null) ?? []
  if (!Object.hasOwn(LOADERS, scheme)) throw unknownScheme(url, scheme)
  // The last one: a path may contain a question mark.
  const mark = address.lastIndexOf('?')
  if (mark < 0) return { scheme, rest: address, options: {} }
  const options = Object.fromEntries(new URLSearchParams(address.slice(mark + 1)))
  return { scheme, rest: address.slice(0, mark), options }
}

/** Says only the scheme: the rest may hold a password. */
function unknownScheme(url: unknown, scheme: string): InvalidOptionError {
  const known = Object.keys(LOADERS)
  const forms = `Known: ${known.map((name) => `'${name}:'`).join(', ')}.`
  if (scheme === '') {
    const example = typeof url === 'string' ? ` For a file, write 'sqlite:${show(url).slice(1, -1)}'.` : ''
    return new InvalidOptionError(
      'backend',
      `The backend must be a URL such as 'sqlite:millrace.db'.${example} ${forms}`,
    )
  }
  const near = suggest(scheme, known)
  const hint = near === null ? '' : ` Did you mean '${near}:'?`
  return new InvalidOptionError('backend', `There is no backend for '${scheme}:'.${hint} ${forms}`)
}

/** `sqlite:jobs.db`, `sqlite:/var/jobs.db` and, as other tools write it, `sqlite:///var/jobs.db`. */
function filePath(rest: string): string {
  if (!rest.startsWith('//')) return rest
  if (rest.startsWith('///')) return rest.slice(2)
  throw new InvalidOptionError(
    'backend',
    "After 'sqlite://' comes a host, and a file has none: write 'sqlite:jobs.db' or 'sqlite:/var/lib/jobs.db'.",
  )
}
