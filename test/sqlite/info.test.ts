import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { openDatabase } from '../../src/backends/sqlite/index.ts'
import { WANTED_SCHEMA } from '../../src/backends/sqlite/migrate.ts'
import { newFile, newJob, open } from './store.ts'

const WANTED = { found: WANTED_SCHEMA, wanted: WANTED_SCHEMA }
const MISSING = { found: 0, wanted: WANTED_SCHEMA }

function tables(file: string): unknown[] {
  const database = openDatabase(file)
  const found = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
  database.close()
  return found.map((row) => (row as { name: string }).name)
}

test('info makes no file, and no table in one that is there', async () => {
  const file = newFile()
  const backend = open(file)
  expect(await backend.info()).toMatchObject({ location: file, schema: MISSING, sizeBytes: 0 })
  expect(existsSync(file)).toBe(false)
  writeFileSync(file, '')
  expect((await backend.info()).schema).toEqual(MISSING)
  expect(readdirSync(dirname(file))).toEqual(['jobs.db'])
  expect(tables(file)).toEqual([])
  await backend.enqueue([newJob()])
  expect((await backend.info()).schema).toEqual(WANTED)
})

test('info names the older schema of a file and leaves it; migrate brings it up to date', async () => {
  const file = newFile()
  const before = openDatabase(file)
  const columns =
    '(version INTEGER PRIMARY KEY, name TEXT NOT NULL, breaking INTEGER NOT NULL, applied_at INTEGER NOT NULL)'
  before.exec(`CREATE TABLE millrace_migration ${columns} STRICT`)
  before.close()
  const backend = open(file)
  expect((await backend.info()).schema).toEqual(MISSING)
  expect(tables(file)).toEqual(['millrace_migration'])
  expect(await backend.migrate()).toEqual(Array.from({ length: WANTED_SCHEMA }, (_, index) => index + 1))
  expect((await backend.info()).schema).toEqual(WANTED)
})

test('info names the schema of a newer release, which no other call can use where it says so', async () => {
  const file = await newerFile({ breaking: true })
  const backend = open(file)
  expect((await backend.info()).schema).toEqual({ found: 99, wanted: WANTED_SCHEMA })
  await expect(backend.enqueue([newJob()])).rejects.toMatchObject({ code: 'store-too-new' })
})

test('a newer schema that does not break older releases is used as it is', async () => {
  const file = await newerFile({ breaking: false })
  const backend = open(file)
  expect(await backend.enqueue([newJob()])).toMatchObject([{ outcome: 'created' }])
  expect(await backend.migrate()).toEqual([])
  expect((await backend.info()).schema).toEqual({ found: 99, wanted: WANTED_SCHEMA })
})

/** A file that a release with schema 99 has brought up to date. */
async function newerFile({ breaking }: { breaking: boolean }): Promise<string> {
  const file = newFile()
  const first = open(file)
  await first.migrate()
  await first.close()
  const other = openDatabase(file)
  const row = `(99, 'future', ${breaking ? 1 : 0}, 0)`
  other.exec(`INSERT INTO millrace_migration (version, name, breaking, applied_at) VALUES ${row}`)
  other.close()
  return file
}
