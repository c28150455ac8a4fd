/**
 * The bench's own Redis and Postgres: private ports, temporary data, ended with the run.
 * @module
 */
import pg from 'pg'
import { startPostgres, type TestPostgres } from '../test/servers/postgres.ts'
import { startRedis } from '../test/servers/redis.ts'
import type { ServerPlace } from './server.ts'

/** How long a job that was taken survives the loss of its server. */
export type Durability = 'none' | 'normal' | 'full'

/** An empty server for one measurement. */
export interface FreshServer extends ServerPlace {
  remove(): Promise<void>
}

/** What each store calls it. */
export const DURABILITY_WORDS = {
  redis: { none: 'no append-only file', normal: 'appendfsync everysec', full: 'appendfsync always' },
  postgres: {
    none: 'synchronous_commit off',
    normal: 'synchronous_commit on',
    full: 'synchronous_commit on',
  },
} as const

const REDIS_SETTINGS: Record<Durability, readonly string[]> = {
  none: [],
  normal: ['--appendonly', 'yes', '--appendfsync', 'everysec'],
  full: ['--appendonly', 'yes', '--appendfsync', 'always'],
}

// No checkpoint, and no rewriting of the log, falls into one system's measurement and not into another's.
const REDIS_ALWAYS = ['--auto-aof-rewrite-percentage', '0', '--maxmemory-policy', 'noeviction']
const POSTGRES_ALWAYS = [
  'fsync=on',
  'full_page_writes=on',
  'shared_buffers=512MB',
  'max_wal_size=8GB',
  'checkpoint_timeout=1h',
  'max_connections=100',
]

/** The servers of one run. They are started when first asked for. */
export class Servers {
  readonly #durability: Durability
  readonly #redis = new Set<FreshServer>()
  #postgres: Promise<TestPostgres | null> | undefined
  #databases = 0
  #closed = false

  constructor(durability: Durability) {
    this.#durability = durability
  }

  /** An empty one; null where this machine has no such server. */
  async fresh(store: ServerPlace['store']): Promise<FreshServer | null> {
    if (this.#closed) throw new Error('The run has been ended.')
    return store === 'redis' ? this.#freshRedis() : this.#freshPostgres()
  }

  /** Ends them all, and deletes what they stored. */
  async close(): Promise<void> {
    this.#closed = true
    for (const server of this.#redis) await server.remove()
    await (await this.#postgres)?.stop()
  }

  /** A server each: what one system left in memory is not there for the next. */
  async #freshRedis(): Promise<FreshServer | null> {
    const started = await startRedis([...REDIS_ALWAYS, ...REDIS_SETTINGS[this.#durability]])
    if (started === null) return null
    const server: FreshServer = {
      store: 'redis',
      url: started.url,
      pid: started.pid,
      remove: async () => {
        this.#redis.delete(server)
        await started.remove()
      },
    }
    this.#redis.add(server)
    return server
  }

  /** One server, a database each, and nothing left to be written when the clock starts. */
  async #freshPostgres(): Promise<FreshServer | null> {
    const commit = this.#durability === 'none' ? 'off' : 'on'
    this.#postgres ??= startPostgres([...POSTGRES_ALWAYS, `synchronous_commit=${commit}`])
    const running = await this.#postgres
    const pid = running?.server?.pid
    if (running === null || pid === undefined) return null
    this.#databases += 1
    const name = `bench_${this.#databases}`
    await execute(running.url, `CREATE DATABASE ${name}`, 'CHECKPOINT')
    const url = new URL(running.url)
    url.pathname = `/${name}`
    return {
      store: 'postgres',
      url: url.href,
      pid,
      remove: () => execute(running.url, `DROP DATABASE ${name} WITH (FORCE)`),
    }
  }
}

async function execute(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}
