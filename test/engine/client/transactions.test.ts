import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  type Backend,
  BackendError,
  InvalidOptionError,
  type NewJob,
  NotRunningError,
  type TransactionalClient,
  type TransactionFacet,
} from '../../../src/contract/index.ts'
import { task } from '../../../src/engine/task.ts'
import { rejection, setup } from './setup.ts'

const work = task('work', { input: z.object({ n: z.number() }) })

/** A transaction of a synchronous driver, as far as the client sees one. */
function withTransactions(fail?: Error) {
  const made = setup()
  const inserted: NewJob[] = []
  let wakes = 0
  const tx = {
    enqueue: (jobs: readonly NewJob[]) => {
      if (fail !== undefined) return Promise.reject(fail)
      inserted.push(...jobs)
      return Promise.resolve(jobs.map(({ id }) => ({ id, outcome: 'created' }) as const))
    },
    settle: async () => [],
  }
  const transaction: TransactionFacet = {
    join: (connection) => {
      if (connection === null) throw new InvalidOptionError('connection', 'No connection.')
      return tx
    },
    run: async (_, work) => {
      try {
        return await work(tx)
      } catch (error) {
        inserted.length = 0
        throw error
      }
    },
    committed: () => {
      wakes++
    },
  }
  const backend: Backend = { ...made.backend, transaction }
  Object.assign(made.context, { source: { current: backend, open: async () => backend } })
  return { ...made, inserted, wakes: () => wakes }
}

describe('app.in()', () => {
  test('has inserted the job when it returns, and wakes workers at the end of the tick', async () => {
    const { client, inserted, wakes } = withTransactions()
    const first = client.in({}).enqueue(work, { n: 1 })
    expect(inserted).toHaveLength(1)
    const second = client.in({}).enqueue(work, { n: 2 })
    expect(await first).toEqual({ id: inserted[0]?.id, outcome: 'created', task: 'work' })
    await second
    await new Promise((resolve) => setImmediate(resolve))
    expect(wakes()).toBe(1)
  })

  test('throws at once where it cannot be used', () => {
    const { client, context } = withTransactions()
    expect(() => client.in(null)).toThrow(InvalidOptionError)
    Object.assign(context, { source: { current: null } })
    expect(() => client.in({})).toThrow(NotRunningError)
    expect(() => client.in({})).toThrow('app.ready()')
  })

  test('rejects an invalid call, and inserts nothing', async () => {
    const { client, inserted } = withTransactions()
    expect(await rejection(client.in({}).enqueue(work, { n: 'x' } as never))).toMatchObject({
      code: 'invalid-payload',
    })
    expect(inserted).toEqual([])
  })

  test('goes through middleware', async () => {
    const { client, context, inserted } = withTransactions()
    const middleware = [
      { enqueue: (call, next) => next({ ...call, input: { n: 5 } }) },
    ] as typeof context.middleware
    Object.assign(context, { middleware })
    await client.in({}).enqueue(work, { n: 1 })
    expect(inserted[0]?.payload).toBe('{"n":5}')
  })
})

describe('app.transaction()', () => {
  test('answers what the function answers, wakes workers and tells listeners after the commit', async () => {
    const { client, context, inserted, wakes } = withTransactions()
    const seen: string[] = []
    context.events.on('job:enqueued', ({ id }) => seen.push(id))
    const answer = await client.transaction({}, async (tx) => {
      await tx.enqueue(work, { n: 1 })
      expect([seen.length, wakes()]).toEqual([0, 0])
      return 'done'
    })
    expect(answer).toBe('done')
    expect(seen).toEqual([inserted[0]?.id])
    expect(wakes()).toBe(1)
  })

  test('a function that throws leaves nothing behind', async () => {
    const { client, context, inserted, wakes } = withTransactions()
    const seen: string[] = []
    context.events.on('job:enqueued', ({ id }) => seen.push(id))
    const failing = client.transaction({}, async (tx) => {
      await tx.enqueue(work, { n: 1 })
      throw new Error('no')
    })
    expect(await rejection(failing)).toMatchObject({ message: 'no' })
    expect([inserted.length, seen.length, wakes()]).toEqual([0, 0, 0])
  })

  test('cannot be used after its end', async () => {
    const { client, inserted } = withTransactions()
    let kept: TransactionalClient | null = null
    await client.transaction({}, (tx) => {
      kept = tx
    })
    const late = (kept as TransactionalClient | null)?.enqueue(work, { n: 1 }) ?? Promise.resolve()
    expect(await rejection(late)).toBeInstanceOf(NotRunningError)
    expect(inserted).toEqual([])
  })

  test('names the job where the store fails', async () => {
    const { client } = withTransactions(new BackendError('store-busy', 'locked'))
    const failing = client.transaction({}, (tx) => tx.enqueue(work, { n: 1 }, { id: 'a' }))
    expect(await rejection(failing)).toMatchObject({ code: 'store-busy', jobId: 'a' })
    expect(await rejection(client.transaction({}, 'x' as never))).toMatchObject({ field: 'fn' })
  })
})
