/**
 * A real Postgres for tests: the one that MILLRACE_TEST_POSTGRES_URL names, else one of this machine's own programs on
 * a private port, in a temporary folder.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { aptInstall } from './apt.ts'
import { findBinary } from './binary.ts'
import { freePort } from './port.ts'
import { type RunningServer, startServer } from './server.ts'
import { unavailable } from './unavailable.ts'
import { handOver, unprivileged } from './unprivileged.ts'

/** A server to test against. */
export interface TestPostgres {
  /** Of a database in which this user may do everything. */
  readonly url: string
  /** Null where the server is somebody else's, and not to be killed. */
  readonly server: RunningServer | null
  /** Starts it again on the same data after it was stopped or killed. */
  restart(): Promise<void>
  /** Stops it and removes what it stored. */
  stop(): Promise<void>
}

/** What a test may ask of its server. */
export interface PostgresTestOptions {
  /** Lines of postgresql.conf, such as `fsync=on`. */
  readonly settings?: readonly string[]
  /** True where the test kills it: then a server that is somebody else's will not do. */
  readonly own?: boolean
}

const QUICK = [
  'fsync=off',
  'full_page_writes=off',
  'max_connections=60',
  'shared_buffers=64MB',
  'max_wal_size=512MB',
]

/** Starts one; null, and a warning, where there is none on this machine. Under CI=true that is an error. */
export async function testPostgres(options: PostgresTestOptions = {}): Promise<TestPostgres | null> {
  const given = process.env.MILLRACE_TEST_POSTGRES_URL
  if (given !== undefined && given !== '' && options.own !== true) {
    return { url: given, server: null, restart: async () => {}, stop: async () => {} }
  }
  return startPostgres(options.settings)
}

/** Starts one of our own with lines of postgresql.conf; null, and a warning, where there is none on this machine. */
export async function startPostgres(settings: readonly string[] = []): Promise<TestPostgres | null> {
  const initdb = programs() ?? (aptInstall(['postgresql']) ? programs() : null)
  return initdb === null ? unavailable('Postgres') : startOwn(initdb, settings)
}

/** Path of `initdb`, beside which the server lies. */
function programs(): string | null {
  const versions = '/usr/lib/postgresql'
  const folders = existsSync(versions)
    ? readdirSync(versions)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(versions, version, 'bin'))
    : []
  return findBinary(
    ['initdb'],
    folders.filter((folder) => existsSync(join(folder, 'postgres'))),
  )
}

async function startOwn(initdb: string, settings: readonly string[]): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-postgres-'))
  const user = unprivileged()
  if (user !== undefined) handOver(folder, user)
  const data = join(folder, 'data')
  const args = ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-sync', '--locale=C']
  const made = spawnSync(initdb, args, { ...user, cwd: folder, encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`initdb failed:\n${made.stdout}${made.stderr}`)
  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const all = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    ...QUICK,
    ...settings,
  ]
  const start = (): Promise<RunningServer> =>
    startServer({
      name: 'Postgres',
      command: join(dirname(initdb), 'postgres'),
      args: ['-D', data, ...all.flatMap((setting) => ['-c', setting])],
      cwd: folder,
      ready: () => ping(url),
      // Ends sessions instead of waiting for them.
      stopSignal: 'SIGINT',
      ...user,
    })
  let server = await start()
  return {
    url,
    get server() {
      return server
    },
    async restart() {
      await server.stop()
      server = await start()
    },
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function ping(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query('SELECT 1')
  } finally {
    await client.end()
  }
}
