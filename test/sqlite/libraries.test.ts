import { copyFileSync } from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import LibSql from 'libsql'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/backends/sqlite/index.ts'
import { newFile, newJob, open } from './store.ts'

test.each(['better-sqlite3', 'libsql'] as const)(
  'rows of %s hold their columns and nothing else',
  (binding) => {
    const database = openDatabase(newFile(), { binding })
    onTestFinished(() => database.close())
    expect(database.prepare('SELECT 1 AS n').get()).toEqual({ n: 1 })
    expect(database.prepare('SELECT 1 AS n').all()).toEqual([{ n: 1 }])
  },
)

test.each(['better-sqlite3', 'libsql'] as const)(
  'a store on %s that is closed is one complete file',
  async (binding) => {
    const file = newFile()
    const backend = open(file, { binding })
    await backend.enqueue([newJob()])
    await backend.close()
    const copy = newFile()
    copyFileSync(file, copy)
    expect(await open(copy, { binding }).records?.counts()).toEqual([
      { queue: 'default', state: 'pending', count: 1 },
    ])
  },
)

test.each([
  ['better-sqlite3' as const, BetterSqlite3, LibSql],
  ['libsql' as const, LibSql, BetterSqlite3],
])(
  'a store on %s joins its own library’s connections and refuses those of another',
  async (binding, Own, Other) => {
    const file = newFile()
    const backend = open(file, { binding })
    await backend.migrate()
    const own = new Own(file)
    const other = new Other(file)
    const opened = openDatabase(file, { binding })
    onTestFinished(() => {
      for (const connection of [own, other, opened]) connection.close()
    })
    for (const connection of [own, opened]) {
      connection.exec('BEGIN')
      expect(() => backend.transaction?.join(connection)).not.toThrow()
      connection.exec('ROLLBACK')
    }
    expect(() => backend.transaction?.join(other)).toThrow(
      expect.objectContaining({
        code: 'invalid-option',
        message: expect.stringContaining('another SQLite library'),
      }),
    )
    expect(() => backend.transaction?.join({})).toThrow(expect.objectContaining({ code: 'invalid-option' }))
    expect(() => backend.transaction?.join('jobs.db')).toThrow(
      expect.objectContaining({ code: 'invalid-option' }),
    )
  },
)
