/**
 * A real PgBouncer in transaction mode before a Postgres, for tests.
 * @module
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { aptInstall } from './apt.ts'
import { findBinary } from './binary.ts'
import { freePort } from './port.ts'
import { startServer } from './server.ts'
import { unavailable } from './unavailable.ts'
import { handOver, unprivileged } from './unprivileged.ts'

/** A pooler that runs. */
export interface TestPgBouncer {
  /** Of the same database as the server's URL. */
  readonly url: string
  stop(): Promise<void>
}

/** Starts one that shares so few connections that statements of one client wander between them. */
export async function startPgBouncer(serverUrl: string): Promise<TestPgBouncer | null> {
  const command = findBinary(['pgbouncer']) ?? (aptInstall(['pgbouncer']) ? findBinary(['pgbouncer']) : null)
  if (command === null) return unavailable('PgBouncer')
  const folder = mkdtempSync(join(tmpdir(), 'millrace-pgbouncer-'))
  const user = unprivileged()
  if (user !== undefined) handOver(folder, user)
  const server = new URL(serverUrl)
  const port = await freePort()
  const url = `postgres://${server.username}@127.0.0.1:${port}${server.pathname}`
  const config = join(folder, 'pgbouncer.ini')
  writeFileSync(
    config,
    `[databases]
* = host=${server.hostname} port=${server.port} user=${server.username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
max_client_conn = 100
`,
  )
  chmodSync(config, 0o644)
  const running = await startServer({
    name: 'PgBouncer',
    command,
    args: [config],
    cwd: folder,
    ready: () => ping(url),
    stopSignal: 'SIGINT',
    ...user,
  })
  return {
    url,
    async stop() {
      await running.stop()
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
