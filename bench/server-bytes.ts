/**
 * How much a store on a server has grown.
 * @module
 */
import { Redis } from 'ioredis'
import pg from 'pg'
import type { ServerPlace } from './server.ts'

/** Notes the store's size; the answer tells the growth since, in bytes. Null where there is no server. */
export async function serverGrowth(server: ServerPlace | null): Promise<() => Promise<number | null>> {
  if (server === null) return async () => null
  const size = server.store === 'redis' ? redisBytes : postgresBytes
  const before = await size(server.url)
  return async () => (await size(server.url)) - before
}

/** Memory in use without what comes and goes with connections and with the log. */
async function redisBytes(url: string): Promise<number> {
  const client = new Redis(url)
  const info = await client.info('memory')
  client.disconnect()
  const field = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0)
  return field('used_memory') - field('mem_clients_normal') - field('mem_aof_buffer')
}

/** Tables, indexes and what belongs to them. */
async function postgresBytes(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ bytes: string }>(
    'SELECT pg_database_size(current_database()) AS bytes',
  )
  await client.end()
  return Number(rows[0]?.bytes)
}
