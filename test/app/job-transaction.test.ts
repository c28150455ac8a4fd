/**
 * What a handler does through its job: enqueue follow-ups, and commit its own rows together with its success.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { millrace } from '../../src/app/millrace.ts'
import { openDatabase } from '../../src/backends/sqlite/index.ts'
import type { AnyTask, Millrace } from '../../src/contract/index.ts'
import { task } from '../../src/engine/task.ts'

const follow = task('follow', { queue: 'later', run: (_input: { of: string }) => {} })

let folder: string
let db: ReturnType<typeof openDatabase>
let app: Millrace

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-job-transaction-'))
  const file = join(folder, 'app.db')
  db = openDatabase(file)
  db.exec('CREATE TABLE rows (text TEXT)')
  app = millrace({ backend: `sqlite:${file}` })
})

afterEach(async () => {
  await app.close()
  db.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

const insert = (text: string) => db.prepare('INSERT INTO rows VALUES (?)').run(text)
const rows = () => db.prepare('SELECT text FROM rows').all() as { text: string }[]
const followers = async () => (await app.list({ tasks: ['follow'] })).jobs.map(({ input }) => input)

/** Runs what is enqueued in the queue `default` to its end. */
async function work(tasks: readonly AnyTask[], slots = 1): Promise<void> {
  app.register(...tasks)
  const worker = app.worker({ slots, queues: ['default'] })
  await worker.start()
  await worker.idle()
  await worker.stop()
}

describe('job.transaction', () => {
  test('commits the rows, what was enqueued, and the success of the job together', async () => {
    let whileOpen: string | undefined
    const pay = task('pay', {
      run: (input: { id: string }, job) =>
        job.transaction(db, async (tx) => {
          insert(input.id)
          await tx.enqueue(follow, { of: input.id })
          whileOpen = (await app.get(job.id))?.state
          return { paid: input.id }
        }),
    })
    const receipt = await app.enqueue(pay, { id: 'p1' })
    await work([pay])
    expect(whileOpen).toBe('active')
    expect(await app.get(receipt.id)).toMatchObject({
      state: 'succeeded',
      attempt: 1,
      output: { paid: 'p1' },
    })
    const { paid } = await app.result(receipt)
    expect(paid).toBe('p1')
    expect(rows()).toEqual([{ text: 'p1' }])
    expect(await followers()).toEqual([{ of: 'p1' }])
  })

  test('has the success stored by the time it resolves, so that what comes later cannot undo it', async () => {
    let afterwards: string | undefined
    const pay = task('pay', {
      run: async (_input: unknown, job) => {
        await job.transaction(db, () => insert('once'))
        afterwards = (await app.get(job.id))?.state
        throw new Error('too late to matter')
      },
    })
    const { id } = await app.enqueue(pay, null)
    await work([pay])
    expect(afterwards).toBe('succeeded')
    expect((await app.get(id))?.state).toBe('succeeded')
    expect(rows()).toEqual([{ text: 'once' }])
  })

  test('keeps nothing where the work throws: the attempt fails, and the next one begins afresh', async () => {
    const pay = task('pay', {
      retry: { attempts: 2, backoff: 'fixed', delay: 1 },
      run: (_input: unknown, job) =>
        job.transaction(db, async (tx) => {
          insert(`attempt ${job.attempt}`)
          await tx.enqueue(follow, { of: `attempt ${job.attempt}` })
          if (job.attempt === 1) throw new Error('out of paper')
          return job.attempt
        }),
    })
    const receipt = await app.enqueue(pay, null)
    app.register(pay)
    await app.worker({ queues: ['default'] }).start()
    expect(await app.result(receipt, { timeout: '20s' })).toBe(2)
    expect((await app.attempts(receipt.id)).map(({ outcome, error }) => [outcome, error?.message])).toEqual([
      ['retried', 'out of paper'],
      ['succeeded', undefined],
    ])
    expect(rows()).toEqual([{ text: 'attempt 2' }])
    expect(await followers()).toEqual([{ of: 'attempt 2' }])
  })

  test('of the slots of a worker on one connection, one at a time', async () => {
    let open = 0
    let most = 0
    const pay = task('pay', {
      run: (input: { id: number }, job) =>
        job.transaction(db, async () => {
          open += 1
          most = Math.max(most, open)
          insert(String(input.id))
          await turn()
          await turn()
          open -= 1
          if (input.id % 4 === 0) throw new Error('no')
          return input.id
        }),
      retry: false,
    })
    const inputs = Array.from({ length: 20 }, (_, id) => ({ id }))
    await app.enqueueMany(pay, inputs)
    await work([pay], 8)
    expect(most).toBe(1)
    expect(rows()).toHaveLength(15)
    expect((await app.list({ states: ['succeeded'] })).jobs).toHaveLength(15)
    expect((await app.list({ states: ['failed'] })).jobs).toHaveLength(5)
  })

  test('is refused where the connection is none of the store’s', async () => {
    const pay = task('pay', {
      retry: false,
      run: (_input: unknown, job) => job.transaction({}, () => 'paid'),
    })
    const { id } = await app.enqueue(pay, null)
    await work([pay])
    expect((await app.get(id))?.error).toMatchObject({ code: 'invalid-option' })
  })
})

test('job.enqueue and job.enqueueMany store jobs at once, as the app does', async () => {
  const first = task('first', {
    run: async (_input: unknown, job) => {
      const one = await job.enqueue(follow, { of: job.id }, { id: 'mine', delay: '1h' })
      const many = await job.enqueueMany(follow, [{ of: 'a' }, { of: 'b' }])
      return [one, ...many].map(({ outcome }) => outcome)
    },
  })
  const receipt = await app.enqueue(first, null)
  await work([first])
  expect(await app.result(receipt)).toEqual(['created', 'created', 'created'])
  expect(await app.get('mine')).toMatchObject({
    state: 'scheduled',
    queue: 'later',
    input: { of: receipt.id },
  })
  expect(await followers()).toHaveLength(3)
})

test('a task that an import cycle left undefined is named by its place', () => {
  const missing = undefined as unknown as AnyTask
  expect(() => millrace({ tasks: [follow, missing] })).toThrow(/^tasks\[1\]: .*got undefined\..*import cycle/)
  expect(() => app.register(missing)).toThrow(/^tasks\[0\]: /)
})
