import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { postgres } from '../../src/backends/postgres/index.ts'
import { exchangeRequest } from '../../src/conformance/request.ts'
import { freePort } from '../servers/port.ts'
import { type TestPostgres, testPostgres } from '../servers/postgres.ts'
import { loadThrough, withstand } from './load.ts'
import { newJob, newSchema, open, proxyTo, sql, workerInfo } from './store.ts'

const CLAIM = { queues: [{ name: 'default', limit: 20 }], limit: 20 }

const server = await testPostgres({ own: true, settings: ['fsync=on', 'full_page_writes=on'] })
afterAll(() => server?.stop())

describe.skipIf(server === null)('Postgres in trouble', { timeout: 60_000 }, () => {
  const { url = '' } = server ?? {}
  const own = server as TestPostgres

  test('the server is killed under load and starts again: every job is accounted for', async () => {
    const account = await withstand(loadThrough(url, url, 400), async () => {
      for (let kill = 0; kill < 2; kill += 1) {
        await sleep(400)
        await own.server?.kill()
        await sleep(100)
        await own.restart()
      }
    })
    expect(account.errors).toBeGreaterThan(0)
  })

  test('all sessions are terminated again and again: every job is accounted for', async () => {
    const account = await withstand(loadThrough(url, url, 400), async () => {
      for (let kill = 0; kill < 8; kill += 1) {
        await sleep(100)
        await sql(url, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()')
      }
    })
    expect(account.errors).toBeGreaterThan(0)
  })

  test('connections are cut in the middle of calls: every job is accounted for', async () => {
    const proxy = await proxyTo(url)
    const account = await withstand(loadThrough(url, proxy.url, 400), async () => {
      for (let cut = 0; cut < 10; cut += 1) {
        await sleep(60 + Math.random() * 40)
        proxy.cut()
      }
    })
    expect(account.errors).toBeGreaterThan(0)
  })

  test('a server that does not answer is given up after the call’s time', async () => {
    const proxy = await proxyTo(url)
    const schema = newSchema()
    await open(url, { schema }).migrate()
    const backend = open(proxy.url, { schema, callTimeout: '1s', connectTimeout: '1s' })
    await backend.enqueue([newJob()])
    proxy.swallow()
    const started = performance.now()
    await expect(backend.enqueue([newJob()])).rejects.toMatchObject({
      code: 'store-unavailable',
      retriable: true,
    })
    expect(performance.now() - started).toBeLessThan(5_000)
    proxy.pass()
    await expect(backend.enqueue([newJob()])).resolves.toMatchObject([{ outcome: 'created' }])
  })

  test('wake-ups come again after the listener’s connection was cut', async () => {
    const schema = newSchema()
    const sleeper = open(url, { schema })
    const producer = open(url, { schema })
    await producer.migrate()
    let wakes = 0
    const stop = await sleeper.subscribe({ queues: ['default'] }, () => {
      wakes += 1
    })
    onTestFinished(async () => {
      await stop()
    })
    await sql(url, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()')
    await expect.poll(() => wakes, { timeout: 5_000 }).toBeGreaterThan(0)
    await sleep(300)
    const before = wakes
    await producer.enqueue([newJob()])
    await expect.poll(() => wakes, { timeout: 5_000 }).toBeGreaterThan(before)
  })

  test('no connection to spare is store-busy', async () => {
    const role = `few_${process.pid}`
    await sql(
      url,
      `CREATE ROLE ${role} LOGIN CONNECTION LIMIT 1; GRANT CREATE ON DATABASE postgres TO ${role}`,
    )
    const limited = new URL(url)
    limited.username = role
    const backend = open(limited.href, { connections: 5 })
    await backend.migrate()
    const calls = Array.from({ length: 5 }, () => backend.enqueue([newJob()]))
    const failures = (await Promise.allSettled(calls)).filter((call) => call.status === 'rejected')
    expect(failures.length).toBeGreaterThan(0)
    for (const { reason } of failures) expect(reason).toMatchObject({ code: 'store-busy', retriable: true })
    await expect(backend.enqueue([newJob()])).resolves.toHaveLength(1)
  })
})

describe.skipIf(server === null)('Postgres that cannot be used says why', () => {
  let url = ''
  beforeAll(() => {
    url = server?.url ?? ''
  })
  const elsewhere = (change: (target: URL) => void): string => {
    const target = new URL(url)
    change(target)
    return target.href
  }

  test('nobody listens', async () => {
    const port = String(await freePort())
    const call = open(elsewhere((target) => Object.assign(target, { port }))).enqueue([newJob()])
    await expect(call).rejects.toMatchObject({ code: 'store-unavailable', retriable: true })
  })

  test('no such database, no such user', async () => {
    const database = open(elsewhere((target) => Object.assign(target, { pathname: '/nowhere' })))
    await expect(database.info()).rejects.toMatchObject({ code: 'store-unavailable', retriable: false })
    const user = open(elsewhere((target) => Object.assign(target, { username: 'nobody_here' })))
    await expect(user.info()).rejects.toMatchObject({ code: 'store-unavailable', retriable: false })
  })

  test('a newer schema is used, unless one of its versions says that older releases cannot', async () => {
    const schema = newSchema()
    await open(url, { schema }).migrate()
    await sql(url, `INSERT INTO ${schema}.migration VALUES (98, 'more', false, now())`)
    const older = open(url, { schema })
    await expect(older.enqueue([newJob()])).resolves.toMatchObject([{ outcome: 'created' }])
    expect((await older.info()).schema).toMatchObject({ found: 98 })
    expect(await older.migrate()).toEqual([])
    await sql(
      url,
      `INSERT INTO ${schema}.migration VALUES (99, 'break', true, now()), (100, 'more', false, now())`,
    )
    await expect(open(url, { schema }).enqueue([newJob()])).rejects.toMatchObject({
      code: 'store-too-new',
      message: expect.stringContaining('version 99 of them'),
    })
  })

  test('with migrate: manual an old schema is left alone', async () => {
    const schema = newSchema()
    const manual = open(url, { schema, migrate: 'manual' })
    await expect(manual.enqueue([newJob()])).rejects.toMatchObject({ code: 'store-not-migrated' })
    expect(await manual.migrate()).not.toEqual([])
    await expect(manual.enqueue([newJob()])).resolves.toHaveLength(1)
  })

  test('a role with the listed rights works, and one without them is told', async () => {
    const schema = newSchema()
    await open(url, { schema }).migrate()
    const role = `worker_${process.pid}`
    await sql(url, `CREATE ROLE ${role} LOGIN`)
    const limited = elsewhere((target) => Object.assign(target, { username: role }))
    const before = open(limited, { schema })
    await expect(before.enqueue([newJob()])).rejects.toMatchObject({ code: 'store-read-only' })
    await sql(
      url,
      `GRANT USAGE ON SCHEMA ${schema} TO ${role};
       GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role};
       GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role}`,
    )
    await before.enqueue([newJob()])
    await before.heartbeat(workerInfo('w'), 10_000)
    const { claimed } = await before.exchange(exchangeRequest({ workerId: 'w', claim: CLAIM }))
    expect(claimed).toHaveLength(1)
    await expect(before.rescue({ quarantineAfter: 3 })).resolves.toEqual([])
  })

  test('a read-only database', async () => {
    const schema = newSchema()
    await open(url, { schema }).migrate()
    const role = `reader_${process.pid}`
    await sql(
      url,
      `CREATE ROLE ${role} LOGIN SUPERUSER; ALTER ROLE ${role} SET default_transaction_read_only = on`,
    )
    const reader = open(
      elsewhere((target) => Object.assign(target, { username: role })),
      { schema },
    )
    await expect(reader.enqueue([newJob()])).rejects.toMatchObject({
      code: 'store-read-only',
      retriable: false,
    })
  })

  test('many migrate at once', async () => {
    const schema = newSchema()
    const stores = Array.from({ length: 6 }, () => open(url, { schema, connections: 1 }))
    const applied = await Promise.all(stores.map((store) => store.migrate()))
    expect(applied.filter((versions) => versions.length > 0)).toHaveLength(1)
    await Promise.all(stores.map((store) => store.enqueue([newJob()])))
  })
})

test('a URL that is none says so without its password', () => {
  expect(() => postgres('mysql://u:secret@h/d')).toThrow(/postgres:\/\//)
  expect(() => postgres('mysql://u:secret@h/d')).not.toThrow('secret')
  expect(() => postgres('postgres://h/d?listen=perhaps')).toThrow(/listen/)
})
