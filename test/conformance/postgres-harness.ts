/**
 * The Postgres backend under test: a real server and its clock, each store in a schema of its own while it is open.
 * @module
 */
import pg from 'pg'
import postgresJs from 'postgres'
import { postgres } from '../../src/backends/postgres/index.ts'
import type { Harness, UserConnection } from '../../src/conformance/index.ts'
import type { Backend } from '../../src/contract/index.ts'
import type { ServerClock } from './postgres-clock.ts'

type Library = 'pg' | 'postgres'

let schemas = 0

function newName(): string {
  schemas += 1
  return `test_${process.pid}_${schemas}`
}

/**
 * A harness on a server, with users' own connections through one library. With a clock of its own, each store's `now_ms()`
 * is made to go by that; without, by the server's.
 */
export function postgresHarness(url: string, library: Library, clock?: ServerClock): Harness {
  const names = new Map<Backend, string>()
  /** Schemas whose store was closed and emptied: making one takes longer than most cases. */
  const free: string[] = []
  const open = (schema: string): Backend => {
    const backend = postgres({ url, schema, connections: 4 })
    names.set(backend, schema)
    return backend
  }
  const schemaOf = (backend: Backend): string => {
    const schema = names.get(backend)
    if (schema === undefined) throw new Error('This backend was not opened here')
    return schema
  }
  const harness: Harness = {
    name: `postgres beside ${library}${clock === undefined ? '' : ' on a manual clock'}`,
    open: async () => {
      const used = free.pop()
      if (used !== undefined || clock === undefined) return open(used ?? newName())
      const schema = newName()
      const backend = open(schema)
      await backend.migrate()
      await clock.govern(schema)
      return backend
    },
    reopen: async (backend) => open(schemaOf(backend)),
    dispose: async (backend) => {
      const schema = schemaOf(backend)
      names.delete(backend)
      await backend.close()
      if ([...names.values()].includes(schema)) return
      if (await empty(url, schema)) free.push(schema)
    },
    transaction: (backend) =>
      library === 'pg' ? ofPg(url, schemaOf(backend)) : ofPostgresJs(url, schemaOf(backend)),
  }
  return clock === undefined ? harness : { ...harness, clock }
}

/** Makes the store as good as new; false where the schema is none that can be used again. */
async function empty(url: string, schema: string): Promise<boolean> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      "SELECT relname AS name FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'",
      [schema],
    )
    const tables = rows.map(({ name }) => name).filter((name) => name !== 'migration')
    if (!tables.includes('job')) return false
    const { rows: many } = await client.query(`SELECT 1 FROM ${schema}.job OFFSET 1000 LIMIT 1`)
    const named = tables.map((name) => `${schema}.${name}`)
    // To delete little is quicker than to truncate so many tables.
    if (many.length > 0) await client.query(`TRUNCATE ${named.join(', ')}`)
    else await client.query(named.map((name) => `DELETE FROM ${name}`).join('; '))
    return true
  } finally {
    await client.end()
  }
}

async function ofPg(url: string, schema: string): Promise<UserConnection> {
  const client = new pg.Client(url)
  await client.connect()
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`)
  await client.query(`CREATE TABLE IF NOT EXISTS ${schema}.notes (text text NOT NULL)`)
  const run = async (sql: string, values: string[] = []) => {
    await client.query(sql, values)
  }
  return {
    connection: client,
    begin: () => run('BEGIN'),
    commit: () => run('COMMIT'),
    rollback: () => run('ROLLBACK'),
    write: (text) => run(`INSERT INTO ${schema}.notes (text) VALUES ($1)`, [text]),
    read: async () => {
      const { rows } = await client.query<{ text: string }>(`SELECT text FROM ${schema}.notes`)
      return rows.map(({ text }) => text)
    },
    close: () => client.end(),
  }
}

/** Its transactions are callbacks: the suite's `begin` and `commit` are played by a reserved connection. */
async function ofPostgresJs(url: string, schema: string): Promise<UserConnection> {
  const pool = postgresJs(url, { max: 1, onnotice: () => {} })
  const sql = await pool.reserve()
  await sql.unsafe(`CREATE SCHEMA IF NOT EXISTS ${schema}`)
  await sql.unsafe(`CREATE TABLE IF NOT EXISTS ${schema}.notes (text text NOT NULL)`)
  const run = async (text: string, values: string[] = []) => {
    await sql.unsafe(text, values)
  }
  // As the sql of a transaction: statements go through the one connection, and a savepoint is how more is begun on it.
  const connection = Object.assign((...args: Parameters<typeof sql>) => sql(...args), {
    unsafe: sql.unsafe.bind(sql),
    savepoint: async (work: (inner: unknown) => Promise<unknown>) => {
      await run('BEGIN')
      try {
        const result = await work(connection)
        await run('COMMIT')
        return result
      } catch (error) {
        await run('ROLLBACK')
        throw error
      }
    },
  })
  return {
    connection,
    begin: () => run('BEGIN'),
    commit: () => run('COMMIT'),
    rollback: () => run('ROLLBACK'),
    write: (text) => run(`INSERT INTO ${schema}.notes (text) VALUES ($1)`, [text]),
    read: async () => {
      const rows = await sql.unsafe<{ text: string }[]>(`SELECT text FROM ${schema}.notes`)
      return rows.map(({ text }) => text)
    },
    close: async () => {
      sql.release()
      await pool.end()
    },
  }
}
