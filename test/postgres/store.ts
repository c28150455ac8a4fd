/**
 * Stores for tests on a real Postgres, each in a schema of its own. A server that the tests start goes with its data; on one that is given, the schemas stay.
 * @module
 */
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { type PostgresOptions, postgres } from '../../src/backends/postgres/index.ts'
import type { Backend, NewJob, WorkerInfo } from '../../src/contract/index.ts'
import { newId } from '../../src/kit/ids.ts'
import { openProxy, type Proxy as TcpProxy } from '../servers/proxy.ts'

let schemas = 0

/** The name of a schema that is not there yet. */
export function newSchema(): string {
  schemas += 1
  return `test_${process.pid}_${schemas}`
}

/** A store that is closed when the test ends. */
export function open(url: string, options: Partial<PostgresOptions> = {}): Backend {
  const backend = postgres({ url, schema: newSchema(), ...options })
  onTestFinished(() => backend.close())
  return backend
}

/** A proxy in front of a server, closed when the test ends, with the URL that leads through it. */
export async function proxyTo(url: string): Promise<TcpProxy & { readonly url: string }> {
  const target = new URL(url)
  const proxy = await openProxy(Number(target.port))
  onTestFinished(() => proxy.close())
  target.port = String(proxy.port)
  return { ...proxy, url: target.href }
}

/** Runs statements on a connection of their own; answers the last one's rows. */
export async function sql<Row = Record<string, unknown>>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client(url)
  client.on('error', () => {})
  await client.connect()
  try {
    const result = (await client.query(text)) as unknown as { rows: Row[] } | { rows: Row[] }[]
    return Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows
  } finally {
    await client.end()
  }
}

/** A job with nothing special about it. */
export function newJob(parts: Partial<NewJob> = {}): NewJob {
  const times = { delayMs: 0, dueAt: null, expiresInMs: null, expiresAt: null, timeoutMs: null }
  const given = { task: 'task', queue: 'default', priority: 0, payload: '{}', version: 1, maxAttempts: 5 }
  return { id: newId(), ...given, ...times, retry: null, tags: [], meta: null, unique: null, ...parts }
}

/** What a test's worker says of itself. */
export function workerInfo(id: string): WorkerInfo {
  const numbers = { pid: process.pid, startedAt: 0, slots: 1, busy: 0, memoryBytes: 0 }
  return { id, host: 'localhost', queues: ['default'], version: '0', quiet: false, ...numbers }
}
