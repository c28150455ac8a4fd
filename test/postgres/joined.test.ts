/**
 * Jobs in transactions that the user commits: their workers hear of the commit from the server itself.
 * @module
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { millrace } from '../../src/app/millrace.ts'
import type { WakeTopic } from '../../src/contract/index.ts'
import { testPostgres } from '../servers/postgres.ts'
import { note } from './joined-task.ts'
import { newJob, newSchema, open } from './store.ts'

const server = await testPostgres()
afterAll(() => server?.stop())

/** Far less than any look without being woken: that is an hour here. */
const SOON_MS = 2_000

describe.skipIf(server === null)('jobs in a transaction that the user commits', { timeout: 30_000 }, () => {
  const { url = '' } = server ?? {}

  /** A client inside a transaction. */
  async function begun(): Promise<pg.Client> {
    const client = new pg.Client(url)
    onTestFinished(() => client.end())
    await client.connect()
    await client.query('BEGIN')
    return client
  }

  test('a worker starts the job of another process once it is committed, and not before', async () => {
    const target = new URL(url)
    target.searchParams.set('schema', newSchema())
    const app = millrace({ backend: target.href, tasks: [note] })
    onTestFinished(() => app.close())
    const started = new Promise<number>((resolve) => {
      app.events.on('job:started', () => resolve(Date.now()))
    })
    await app.worker({ poll: '1h' }).start()
    const script = fileURLToPath(new URL('./joined-child.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', script, target.href, url], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    await once(child.stdout, 'data')
    expect(await Promise.race([started, sleep(300, 'not yet')])).toBe('not yet')
    const committed = once(child.stdout, 'data')
    child.stdin.write('commit\n')
    const at = Number(String((await committed)[0]))
    expect((await started) - at).toBeLessThan(SOON_MS)
    child.stdin.end()
    await once(child, 'exit')
  })

  test('unique jobs and jobs of many queues are told of as well; what is rolled back is not', async () => {
    const schema = newSchema()
    const [producer, sleeper] = [open(url, { schema }), open(url, { schema, pollInterval: '1h' })]
    await producer.migrate()
    const heard: string[] = []
    const hear = (queue: string) => (topic: WakeTopic) => heard.push(`${topic} ${queue}`)
    for (const queue of ['one', 'many', 'none']) {
      const stop = await sleeper.subscribe({ queues: [queue] }, hear(queue))
      onTestFinished(async () => {
        await stop()
      })
    }
    const store = async (end: 'COMMIT' | 'ROLLBACK', jobs: Parameters<typeof newJob>[0][]) => {
      const client = await begun()
      await producer.transaction?.join(client).enqueue(jobs.map(newJob))
      await client.query(end)
    }
    const unique = { key: 'k', forMs: null, states: ['pending'], conflict: 'skip' } as const
    await store('ROLLBACK', [{ queue: 'none' }])
    await store('COMMIT', [{ queue: 'one', unique }])
    await expect.poll(() => heard).toEqual(['jobs one'])
    // More names than a notification holds: everybody is woken.
    await store(
      'COMMIT',
      Array.from({ length: 100 }, (_, at) => ({ queue: `${'long-'.repeat(20)}${at}` })),
    )
    await expect.poll(() => heard.length).toBe(4)
    expect(new Set(heard)).toEqual(new Set(['jobs one', 'jobs many', 'jobs none']))
  })
})
