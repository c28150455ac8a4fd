/**
 * Brings the schema up to date, under a lock, so that any number of processes may try at once.
 * @module
 */
import { BackendError } from '../../contract/index.ts'
import type { Executor } from './driver.ts'
import { migrations } from './migrations.gen.ts'
import type { PostgresSettings } from './options.ts'
import { queries } from './queries.gen.ts'
import { inSchema, quoted } from './session.ts'

/** The schema this release wants. */
export const WANTED_SCHEMA = migrations.length

/** The oldest server whose SQL suffices. */
const OLDEST_SERVER = 13

/** What the database has. */
interface Found {
  /** The newest version; 0 where there is none. */
  readonly version: number
  /** The newest one that a release which does not know it cannot go on with; 0 where there is none. */
  readonly brokenAt: number
}

/** The version the database has; 0 where it has none. */
export async function foundSchema(executor: Executor, schema: string): Promise<Found> {
  // Not to_regclass(): it may answer from a cache that does not know yet what another process has just made.
  const [there] = await executor.rows(queries.migrationTable, [schema])
  if (there === undefined) return { version: 0, brokenAt: 0 }
  const [row] = await executor.rows<{ version: number; broken_at: number }>(
    inSchema(queries.applied, schema),
    [],
  )
  return { version: Number(row?.version ?? 0), brokenAt: Number(row?.broken_at ?? 0) }
}

/** Refuses a server or a schema that this release cannot use; answers the schema's version. @throws BackendError */
export async function checkSchema(executor: Executor, settings: PostgresSettings): Promise<number> {
  const [server] = await executor.rows<{ n: string }>("SELECT current_setting('server_version_num') AS n", [])
  const major = Math.floor(Number(server?.n) / 10_000)
  if (major < OLDEST_SERVER) {
    throw new BackendError(
      'store-unavailable',
      `Postgres at ${settings.location} is version ${major}. Millrace needs ${OLDEST_SERVER} or later.`,
      { retriable: false },
    )
  }
  const { version, brokenAt } = await foundSchema(executor, settings.schema)
  if (brokenAt > WANTED_SCHEMA) {
    throw new BackendError(
      'store-too-new',
      `${settings.location} has version ${version} of Millrace's tables; version ${brokenAt} of them cannot be used by this version of Millrace, which knows ${WANTED_SCHEMA}. Update Millrace, or use another schema.`,
    )
  }
  return version
}

/** Applies what is missing; answers the versions applied. The executor is inside a transaction. */
export async function applyMigrations(executor: Executor, settings: PostgresSettings): Promise<number[]> {
  const { schema } = settings
  await executor.rows('SELECT pg_advisory_xact_lock(hashtext($1::text), hashtext($2::text))', [
    'millrace',
    schema,
  ])
  const found = await checkSchema(executor, settings)
  const missing = migrations.filter(({ version }) => version > found)
  if (missing.length === 0) return []
  if (found === 0) await createSchema(executor, schema)
  for (const { version, name, breaking, sql } of missing) {
    await executor.rows(inSchema(sql, schema), [])
    await executor.rows(
      inSchema(
        'INSERT INTO millrace.migration (version, name, breaking, applied_at) VALUES ($1::integer, $2::text, $3::boolean, now())',
        schema,
      ),
      [version, name, breaking],
    )
  }
  return missing.map(({ version }) => version)
}

/** A schema that somebody with more rights has made already is used as it is. */
async function createSchema(executor: Executor, schema: string): Promise<void> {
  const [there] = await executor.rows('SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1::text', [
    schema,
  ])
  if (there === undefined) await executor.rows(`CREATE SCHEMA ${quoted(schema)}`, [])
  await executor.rows(
    inSchema(
      'CREATE TABLE IF NOT EXISTS millrace.migration (version integer PRIMARY KEY, name text NOT NULL, breaking boolean NOT NULL, applied_at timestamptz NOT NULL)',
      schema,
    ),
    [],
  )
}
