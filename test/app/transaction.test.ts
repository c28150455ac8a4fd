import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { millrace } from '../../src/app/millrace.ts'
import { InvalidOptionError, type Millrace, type Receipt } from '../../src/contract/index.ts'
import { task } from '../../src/engine/task.ts'

const welcome = task('welcome', { input: z.object({ user: z.string() }) })

let folder: string
let database: Database.Database
let app: Millrace

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-transaction-'))
  const file = join(folder, 'app.db')
  database = new Database(file)
  database.exec('CREATE TABLE users (name TEXT)')
  app = millrace({ backend: `sqlite:${file}`, tasks: [welcome] })
})

afterEach(async () => {
  database.close()
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})

const users = () => database.prepare('SELECT count(*) AS n FROM users').get() as { n: number }
const stored = async () => (await app.list()).jobs.map(({ id }) => id)

describe('in the caller’s own transaction', () => {
  test('a job commits with it, synchronously', async () => {
    await app.ready()
    const receipts: Promise<Receipt>[] = []
    const register = database.transaction((name: string) => {
      database.prepare('INSERT INTO users VALUES (?)').run(name)
      receipts.push(app.in(database).enqueue(welcome, { user: name }, { id: name }))
    })
    register('ada')
    expect(await Promise.all(receipts)).toEqual([{ id: 'ada', outcome: 'created', task: 'welcome' }])
    expect(users().n).toBe(1)
    expect(await stored()).toEqual(['ada'])
  })

  test('a job vanishes with it', async () => {
    await app.ready()
    const failing = database.transaction(() => {
      database.prepare('INSERT INTO users VALUES (?)').run('ada')
      void app.in(database).enqueue(welcome, { user: 'ada' })
      throw new Error('no')
    })
    expect(failing).toThrow('no')
    expect(users().n).toBe(0)
    expect(await stored()).toEqual([])
  })

  test('is refused where there is none, before anything is stored', async () => {
    await app.ready()
    expect(() => app.in(database)).toThrow(InvalidOptionError)
    expect(() => app.in({})).toThrow(InvalidOptionError)
  })

  test('app.transaction opens it, and takes all back where the function throws', async () => {
    const answer = await app.transaction(database, async (tx) => {
      database.prepare('INSERT INTO users VALUES (?)').run('ada')
      return tx.enqueue(welcome, { user: 'ada' }, { id: 'ada' })
    })
    expect(answer.outcome).toBe('created')
    const failing = app.transaction(database, async (tx) => {
      database.prepare('INSERT INTO users VALUES (?)').run('bob')
      await tx.enqueue(welcome, { user: 'bob' }, { id: 'bob' })
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    const invalid = app.transaction(database, async (tx) => {
      database.prepare('INSERT INTO users VALUES (?)').run('eve')
      await tx.enqueue(welcome, { user: 7 } as never)
    })
    await expect(invalid).rejects.toMatchObject({ code: 'invalid-payload' })
    expect(users().n).toBe(1)
    expect(await stored()).toEqual(['ada'])
  })
})
