import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { openDatabase } from '../../src/backends/sqlite/index.ts'
import { newFile, newJob, open } from './store.ts'

const WANTED = { found: 1, wanted: 1 }
const MISSING = { found: 0, wanted: 1 }

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
  const columns = '(version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL)'
  before.exec(`CREATE TABLE millrace_migration ${columns} STRICT`)
  before.close()
  const backend = open(file)
  expect((await backend.info()).schema).toEqual(MISSING)
  expect(tables(file)).toEqual(['millrace_migration'])
  expect(await backend.migrate()).toEqual([1])
  expect((await backend.info()).schema).toEqual(WANTED)
})

test('info names the schema of a newer release, which no other call can use', async () => {
  const file = newFile()
  const first = open(file)
  await first.migrate()
  await first.close()
  const other = openDatabase(file)
  other.exec("INSERT INTO millrace_migration (version, name, applied_at) VALUES (99, 'future', 0)")
  other.close()
  const backend = open(file)
  expect((await backend.info()).schema).toEqual({ found: 99, wanted: 1 })
  await expect(backend.enqueue([newJob()])).rejects.toMatchObject({ code: 'store-too-new' })
})
