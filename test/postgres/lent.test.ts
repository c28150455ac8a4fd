import { sql as drizzleSql } from 'drizzle-orm'
import { drizzle as drizzleOnPg } from 'drizzle-orm/node-postgres'
import { drizzle as drizzleOnPostgresJs } from 'drizzle-orm/postgres-js'
import knex from 'knex'
import { CamelCasePlugin, Kysely, sql as kyselySql, PostgresDialect } from 'kysely'
import pg from 'pg'
import postgresJs from 'postgres'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Backend } from '../../src/contract/index.ts'
import { testPostgres } from '../servers/postgres.ts'
import { newJob, newSchema, open, sql } from './store.ts'

const server = await testPostgres()
afterAll(() => server?.stop())
const url = server?.url ?? ''
const table = `notes_${process.pid}`

class Undo extends Error {}

/** One library: a transaction in which its own row is written, and whatever `work` does with what it hands out. */
interface Library {
  readonly name: string
  transaction(work: (tx: unknown) => Promise<void>): Promise<void>
  /** What is no transaction, and has to be refused. */
  readonly outside: unknown
  close(): Promise<void>
}

function onDrizzle(driver: 'pg' | 'postgres'): Library {
  const insert = drizzleSql.raw(`INSERT INTO ${table} VALUES ('mine')`)
  if (driver === 'pg') {
    const pool = new pg.Pool({ connectionString: url, max: 2 })
    const db = drizzleOnPg(pool)
    return {
      name: 'drizzle on pg',
      outside: db,
      transaction: (work) =>
        db.transaction(async (tx) => {
          await tx.execute(insert)
          await work(tx)
        }),
      close: () => pool.end(),
    }
  }
  const client = postgresJs(url, { max: 2 })
  const db = drizzleOnPostgresJs(client)
  return {
    name: 'drizzle on postgres',
    outside: db,
    transaction: (work) =>
      db.transaction(async (tx) => {
        await tx.execute(insert)
        await work(tx)
      }),
    close: () => client.end(),
  }
}

function onKysely(): Library {
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  // A plugin that renames the columns of every result.
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin()] })
  return {
    name: 'kysely',
    outside: db,
    transaction: (work) =>
      db.transaction().execute(async (trx) => {
        await kyselySql.raw(`INSERT INTO ${table} VALUES ('mine')`).execute(trx)
        await work(trx)
      }),
    close: () => db.destroy(),
  }
}

function onKnex(): Library {
  const db = knex({ client: 'pg', connection: url, pool: { min: 0, max: 2 } })
  return {
    name: 'knex',
    outside: db,
    transaction: (work) =>
      db.transaction(async (trx) => {
        await trx.raw(`INSERT INTO ${table} VALUES ('mine')`)
        await work(trx)
      }),
    close: () => db.destroy(),
  }
}

const libraries: readonly (() => Library)[] = [
  () => onDrizzle('pg'),
  () => onDrizzle('postgres'),
  onKysely,
  onKnex,
]

describe.skipIf(server === null)('transactions of', () => {
  beforeAll(async () => {
    await sql(url, `CREATE TABLE ${table} (text text NOT NULL)`)
  })

  for (const make of libraries) {
    const library = server === null ? null : make()
    afterAll(() => library?.close())

    describe(library?.name ?? 'a library', () => {
      /** A store, and what it and the user's table hold. */
      async function store(): Promise<{ backend: Backend; held: () => Promise<unknown> }> {
        const backend = open(url, { schema: newSchema() })
        await backend.migrate()
        await sql(url, `DELETE FROM ${table}`)
        const held = async () => {
          const [row] = await sql<{ n: string }>(url, `SELECT count(*) AS n FROM ${table}`)
          return { notes: Number(row?.n), jobs: (await backend.records?.counts())?.length }
        }
        return { backend, held }
      }

      test('a commit stores the job and the row', async () => {
        const { backend, held } = await store()
        await library?.transaction(async (tx) => {
          const jobs = [
            newJob({ id: 'a', payload: '{"why":"a ? and \\"quotes\\", {} and $1"}' }),
            newJob({
              id: 'b',
              priority: 3,
              tags: ['x'],
              unique: { key: 'k', forMs: null, states: ['pending'], conflict: 'skip' },
            }),
          ]
          expect(await backend.transaction?.join(tx).enqueue(jobs)).toMatchObject([
            { id: 'a', outcome: 'created' },
            { id: 'b', outcome: 'created' },
          ])
          expect(await held()).toEqual({ notes: 0, jobs: 0 })
        })
        expect(await held()).toEqual({ notes: 1, jobs: 1 })
        expect((await backend.records?.get(['a']))?.[0]?.payload).toBe(
          '{"why":"a ? and \\"quotes\\", {} and $1"}',
        )
      })

      test('a rollback takes both along', async () => {
        const { backend, held } = await store()
        const undone = library?.transaction(async (tx) => {
          await backend.transaction?.join(tx).enqueue([newJob()])
          throw new Undo()
        })
        await expect(undone).rejects.toBeInstanceOf(Undo)
        expect(await held()).toEqual({ notes: 0, jobs: 0 })
      })

      test('what is no transaction is refused, with an example of one', async () => {
        const backend = open(url)
        onTestFinished(() => backend.close())
        expect(() => backend.transaction?.join(library?.outside)).toThrow('app.in(')
        await expect(backend.transaction?.run(library?.outside, () => {})).rejects.toThrow('app.in(')
      })
    })
  }
})
