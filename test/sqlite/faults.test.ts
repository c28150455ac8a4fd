import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { translate } from '../../src/backends/sqlite/errors.ts'
import { sqlite } from '../../src/backends/sqlite/index.ts'
import { folder, newFile, newJob, open } from './store.ts'

describe('a SQLite file that cannot be used says why', () => {
  test('a folder that does not exist', async () => {
    const file = join(folder(), 'missing', 'jobs.db')
    await expect(open(file).info()).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining('does not exist'),
    })
  })

  test('a file that is no database', async () => {
    const file = newFile()
    writeFileSync(file, 'This is a letter to my aunt. '.repeat(100))
    await expect(open(file).enqueue([newJob()])).rejects.toMatchObject({
      code: 'store-corrupt',
      message: expect.stringContaining(file),
    })
    expect(readFileSync(file, 'utf8')).toContain('aunt')
  })

  test('a damaged database', async () => {
    const file = newFile()
    const first = sqlite({ file })
    await first.enqueue(Array.from({ length: 2000 }, () => newJob()))
    await first.close()
    const bytes = readFileSync(file)
    bytes.fill(0x5a, 8192, bytes.length - 4096)
    writeFileSync(file, bytes)
    const damaged = open(file)
    await expect(
      Promise.all([
        damaged.records?.list({}, { limit: 1000, after: null, order: 'oldest' }),
        damaged.enqueue([newJob()]),
      ]),
    ).rejects.toMatchObject({ code: 'store-corrupt' })
  })

  test('a database cut short', async () => {
    const file = newFile()
    const first = sqlite({ file })
    await first.enqueue(Array.from({ length: 2000 }, () => newJob()))
    await first.close()
    truncateSync(file, statSync(file).size >> 1)
    await expect(
      open(file).records?.list({}, { limit: 1000, after: null, order: 'oldest' }),
    ).rejects.toMatchObject({
      code: 'store-corrupt',
    })
  })

  test('a store from a newer version', async () => {
    const file = newFile()
    const first = sqlite({ file })
    await first.migrate()
    await first.close()
    const other = new Database(file)
    other.exec(
      "INSERT INTO millrace_migration (version, name, breaking, applied_at) VALUES (998, 'future', 1, 0), (999, 'later', 0, 0)",
    )
    other.close()
    await expect(open(file).enqueue([newJob()])).rejects.toMatchObject({
      code: 'store-too-new',
      message: expect.stringMatching(/schema 999.*cannot go on from 998.*Update Millrace/s),
    })
  })

  test('a file somebody else has locked: the event loop goes on, then an error that may be retried', async () => {
    const file = newFile()
    const backend = open(file, { busyTimeout: 300 })
    await backend.migrate()
    const other = new Database(file)
    onTestFinished(() => {
      other.close()
    })
    other.exec('BEGIN IMMEDIATE')
    let ticks = 0
    const ticking = setInterval(() => {
      ticks += 1
    }, 10)
    const job = newJob()
    await expect(backend.enqueue([job])).rejects.toMatchObject({ code: 'store-busy', retriable: true })
    clearInterval(ticking)
    expect(ticks).toBeGreaterThan(3)
    other.exec('ROLLBACK')
    await expect(backend.enqueue([job])).resolves.toEqual([{ id: job.id, outcome: 'created' }])
  })

  test('a lock that goes away in time is only waited for', async () => {
    const file = newFile()
    const backend = open(file)
    await backend.migrate()
    const other = new Database(file)
    other.exec('BEGIN IMMEDIATE')
    const enqueued = backend.enqueue([newJob()])
    await sleep(50)
    other.exec('COMMIT')
    other.close()
    await expect(enqueued).resolves.toHaveLength(1)
  })

  test('a read-only file', (context) => {
    const path = folder()
    const file = join(path, 'jobs.db')
    const module = new URL('../../src/backends/sqlite/index.ts', import.meta.url).href
    const script = `
      const { sqlite } = await import(${JSON.stringify(module)})
      const backend = sqlite(${JSON.stringify(file)})
      const outcome = await backend.heartbeat({ id: 'w' }, 1000).then(() => 'stored', (error) => error.code + ': ' + error.message)
      console.log(outcome)`
    const node = ['--import', 'tsx', '--input-type=module', '-e', script]
    const run = (command: string, args: string[]): string => {
      const child = spawnSync(command, args, { encoding: 'utf8' })
      return child.stdout + child.stderr
    }
    expect(run(process.execPath, node)).toContain('stored')
    chmodSync(file, 0o444)
    chmodSync(path, 0o555)
    onTestFinished(() => chmodSync(path, 0o755))
    if (process.getuid?.() !== 0)
      return expect(run(process.execPath, node)).toMatch(/store-(read-only|unavailable): .*jobs\.db/)
    // Root may write anything, unless it gives up that right.
    if (spawnSync('setpriv', ['--version']).status !== 0)
      return context.skip('root cannot give up its rights here')
    const printed = run('setpriv', ['--bounding-set=-all', '--inh-caps=-all', process.execPath, ...node])
    expect(printed).toMatch(/store-(read-only|unavailable): .*jobs\.db/)
    expect(printed).toMatch(/permission|may read and write/)
  })

  test('a full disk: a typed error, nothing in part, and it goes on when there is room', async (context) => {
    const path = folder()
    const mounted =
      process.platform === 'linux' &&
      spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', path]).status === 0
    if (!mounted) return context.skip('a small disk cannot be mounted here')
    onTestFinished(() => {
      spawnSync('umount', ['-l', path])
    })
    const backend = sqlite({ file: join(path, 'jobs.db') })
    await backend.migrate()
    const large = (): ReturnType<typeof newJob>[] =>
      Array.from({ length: 50 }, () => newJob({ payload: JSON.stringify('x'.repeat(10_000)) }))
    let stored = 0
    const fill = async (): Promise<void> => {
      for (;;) stored += (await backend.enqueue(large())).length
    }
    await expect(fill()).rejects.toMatchObject({
      code: 'store-full',
      message: expect.stringContaining('Free space'),
    })
    expect(await total(backend)).toBe(stored)
    spawnSync('mount', ['-o', 'remount,size=64m', path])
    await backend.enqueue(large())
    expect(await total(backend)).toBe(stored + 50)
    await backend.close()
  })

  test('SQLite’s own "full" is told apart from other errors', () => {
    const database = new Database(newFile())
    database.pragma('max_page_count = 4')
    let caught: unknown
    try {
      database.exec('CREATE TABLE t (x)')
      const insert = database.prepare('INSERT INTO t VALUES (?)')
      for (let row = 0; row < 1000; row++) insert.run('x'.repeat(1000))
    } catch (error) {
      caught = error
    }
    database.close()
    expect(translate(caught, 'some.db')).toMatchObject({ code: 'store-full', cause: caught })
  })

  test('a folder in place of the file', async () => {
    const path = join(folder(), 'jobs.db')
    mkdirSync(path)
    await expect(open(path).info()).rejects.toMatchObject({ code: 'store-unavailable' })
  })
})

async function total(backend: ReturnType<typeof sqlite>): Promise<number> {
  const counts = (await backend.records?.counts()) ?? []
  return counts.reduce((sum, { count }) => sum + count, 0)
}

describe('options that make no sense', () => {
  test.each([
    [{ file: '' }, 'file'],
    [{ file: ':memory:' }, 'file'],
    [{ file: 'a.db', synchronous: 'off' }, 'synchronous'],
    [{ file: 'a.db', binding: 'sql.js' }, 'binding'],
    [{ file: 'a.db', busyTimeout: -1 }, 'busyTimeout'],
    [{ file: 'a.db', bussyTimeout: 1 }, 'bussyTimeout'],
  ])('%o', (options, field) => {
    expect(() => sqlite(options as never)).toThrow(expect.objectContaining({ code: 'invalid-option', field }))
  })
})
