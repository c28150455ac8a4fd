/**
 * Bringing the schema up to date may take longer than a call.
 * @module
 */
import pg from 'pg'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { testPostgres } from '../servers/postgres.ts'
import { newJob, newSchema, open, sql } from './store.ts'

const server = await testPostgres()
afterAll(() => server?.stop())

describe.skipIf(server === null)('a migration that takes long', () => {
  const { url = '' } = server ?? {}

  /** Somebody else migrates this schema, until told that they are done. */
  async function migrating(schema: string): Promise<() => Promise<void>> {
    const client = new pg.Client(url)
    onTestFinished(() => client.end())
    await client.connect()
    await client.query('BEGIN')
    await client.query("SELECT pg_advisory_xact_lock(hashtext('millrace'), hashtext($1))", [schema])
    return async () => {
      await client.query('COMMIT')
    }
  }

  const SLEEPS = 'SELECT pg_sleep(0.6)'

  test('is waited for, however short calls are', async () => {
    const schema = newSchema()
    const done = await migrating(schema)
    const store = open(url, { schema, callTimeout: '200ms' })
    const stored = store.enqueue([newJob()])
    await sql(url, SLEEPS)
    await done()
    await expect(stored).resolves.toMatchObject([{ outcome: 'created' }])
  })

  test('is given up after migrateTimeout, and can be tried again', async () => {
    const schema = newSchema()
    const done = await migrating(schema)
    const store = open(url, { schema, migrateTimeout: '1s' })
    await expect(store.migrate()).rejects.toMatchObject({ code: 'store-unavailable', retriable: true })
    await done()
    expect(await store.migrate()).not.toEqual([])
    await expect(store.enqueue([newJob()])).resolves.toHaveLength(1)
  })
})
