/**
 * What the server says of itself.
 * @module
 */
import type { BackendInfo } from '../../contract/index.ts'
import { type RedisConnection, WANTED_SCHEMA } from './connection.ts'
import { evictionWarning } from './eviction.ts'

/** Looks and changes nothing. */
export async function describe(connection: RedisConnection): Promise<BackendInfo> {
  const { settings, scripts } = connection
  const [text, schema, time] = await Promise.all([
    connection.command('INFO') as Promise<string>,
    connection.command('HGET', scripts.key('meta'), 'schema') as Promise<string | null>,
    connection.command('TIME') as Promise<readonly [string, string]>,
  ])
  const found = new Map(text.split('\r\n').map((line) => line.split(':', 2) as [string, string]))
  return {
    name: 'redis',
    location: `${settings.location}, namespace ${settings.namespace}`,
    storeVersion: found.get('valkey_version') ?? found.get('redis_version') ?? null,
    schema: { found: Number(schema ?? 0), wanted: WANTED_SCHEMA },
    now: settings.clock?.now() ?? Number(time[0]) * 1_000 + Math.floor(Number(time[1]) / 1_000),
    sizeBytes: null,
    facts: await facts(connection, found),
  }
}

async function facts(
  connection: RedisConnection,
  found: ReadonlyMap<string, string>,
): Promise<Readonly<Record<string, string>>> {
  const policy = found.get('maxmemory_policy') ?? 'unknown'
  const kept = await persistence(connection, found)
  const warnings: string[] = []
  const eviction = evictionWarning(policy)
  if (eviction !== null) warnings.push(eviction)
  if (kept === 'none')
    warnings.push('Nothing is written to disk: a restart loses all jobs. Set appendonly yes.')
  return {
    role: found.get('role') ?? 'unknown',
    'used memory': `${found.get('used_memory_human') ?? '?'} of ${limitOf(found)}`,
    'maxmemory policy': policy,
    persistence: kept,
    ...(warnings.length === 0 ? {} : { warning: warnings.join(' ') }),
  }
}

function limitOf(found: ReadonlyMap<string, string>): string {
  return (found.get('maxmemory') ?? '0') === '0' ? 'no limit' : (found.get('maxmemory_human') ?? '?')
}

/** Many hosts forbid CONFIG; then only what INFO tells is known. */
async function persistence(connection: RedisConnection, found: ReadonlyMap<string, string>): Promise<string> {
  const config = async (name: string): Promise<string | null> => {
    try {
      return ((await connection.command('CONFIG', 'GET', name)) as string[])[1] ?? null
    } catch {
      return null
    }
  }
  if (found.get('aof_enabled') === '1') return `aof, fsync ${(await config('appendfsync')) ?? 'unknown'}`
  const save = await config('save')
  if (save === null) return 'unknown'
  return save === '' ? 'none' : `rdb, save ${save}`
}
