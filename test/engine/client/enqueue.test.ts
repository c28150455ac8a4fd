import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  BackendError,
  type EnqueueCall,
  type EnqueueReceipt,
  InvalidOptionError,
  InvalidPayloadError,
  type MiddlewareHooks,
  type MillraceEvents,
  NotRunningError,
  UnknownTaskError,
} from '../../../src/contract/index.ts'
import { task } from '../../../src/engine/task.ts'
import { rejection, setup } from './setup.ts'

const count = task('count', { input: z.object({ n: z.number() }) })
const free = task('free', { run: (_input: unknown) => {} })
const failing = (error: unknown) => ({ enqueue: () => Promise.reject(error) })

describe('enqueue', () => {
  test('answers a receipt once the job is stored', async () => {
    const { client } = setup()
    const receipt = await client.enqueue(count, { n: 1 })
    expect(receipt).toEqual({ id: expect.any(String), outcome: 'created', task: 'count' })
    expect(await client.get(receipt.id)).toMatchObject({ state: 'pending', input: { n: 1 } })
  })

  test('stores the same id once', async () => {
    const { client } = setup()
    const twice = [client.enqueue(count, { n: 1 }, { id: 'a' }), client.enqueue(count, { n: 2 }, { id: 'a' })]
    expect((await Promise.all(twice)).map(({ outcome }) => outcome)).toEqual(['created', 'deduplicated'])
  })

  test('lets calls of one tick travel together, those after an await among them', async () => {
    const { client, batches } = setup()
    const later = async () => {
      await null
      return client.enqueue(count, { n: 0 })
    }
    await Promise.all([client.enqueue(count, { n: 1 }), later(), client.enqueue(count, { n: 2 })])
    await client.enqueue(count, { n: 3 })
    expect(batches).toEqual([3, 1])
  })

  test('sends at most 1,000 jobs in one call', async () => {
    const { client, batches } = setup()
    await Promise.all(Array.from({ length: 2500 }, (_, n) => client.enqueue(count, { n })))
    expect(batches).toEqual([1000, 1000, 500])
  })

  test('an invalid call is rejected, and harms none of its tick', async () => {
    const { client, batches } = setup()
    const bad = client.enqueue(count, { n: 'x' } as never)
    const good = client.enqueue(count, { n: 1 })
    expect(await rejection(bad)).toBeInstanceOf(InvalidPayloadError)
    expect((await good).outcome).toBe('created')
    expect(await rejection(client.enqueue('count' as unknown as typeof free, 1))).toBeInstanceOf(
      InvalidOptionError,
    )
    expect(batches).toEqual([1])
  })

  test('a store that fails is told to each caller, with the id to repeat with', async () => {
    const { client } = setup({ backend: failing(new BackendError('store-busy', 'The file is locked.')) })
    const calls = [client.enqueue(count, { n: 1 }, { id: 'a' }), client.enqueue(free, 1, { id: 'b' })]
    const [first, second] = await Promise.all(calls.map(rejection))
    expect(first).toMatchObject({ code: 'store-busy', retriable: true, jobId: 'a', task: 'count' })
    expect(second).toMatchObject({ code: 'store-busy', retriable: true, jobId: 'b', task: 'free' })
    expect((first as Error).message).toContain('may be repeated with this id')
    expect(first).not.toBe(second)
  })

  test('errors of the store that are not ours are wrapped', async () => {
    const cause = new TypeError('socket closed')
    const { client } = setup({ backend: failing(cause) })
    expect(await rejection(client.enqueue(free, 1))).toMatchObject({ code: 'store-unavailable', cause })
    expect(await rejection(client.enqueueMany(free, [1, 2]))).toMatchObject({
      code: 'store-unavailable',
      cause,
    })
  })

  test('a full disk is not to be tried again', async () => {
    const { client } = setup({ backend: failing(new BackendError('store-full', 'The disk is full.')) })
    const error = await rejection(client.enqueue(free, 1))
    expect(error).toMatchObject({ code: 'store-full', retriable: false })
    expect((error as Error).message).not.toContain('repeated')
  })

  test('a backend that answers for fewer jobs than it got is caught', async () => {
    const { client } = setup({ backend: { enqueue: async () => [] } })
    expect(await rejection(client.enqueue(free, 1))).toMatchObject({ retriable: false })
  })

  test('emits an event for each job where somebody listens', async () => {
    const { client, context } = setup()
    const seen: MillraceEvents['job:enqueued'][] = []
    context.events.on('job:enqueued', (event) => seen.push(event))
    await client.enqueue(count, { n: 1 }, { id: 'a', queue: 'q' })
    await client.enqueueMany(count, [{ n: 1 }, { n: 2 }])
    expect(seen).toHaveLength(3)
    expect(seen[0]).toMatchObject({ id: 'a', task: 'count', queue: 'q', outcome: 'created' })
  })

  test('close sends what waits and refuses the rest', async () => {
    const { client, close } = setup()
    const pending = client.enqueue(free, 1)
    await close()
    expect((await pending).outcome).toBe('created')
    expect(await rejection(client.enqueue(free, 1))).toBeInstanceOf(NotRunningError)
  })
})

describe('enqueueMany', () => {
  test('stores all in one batch, with the options of each', async () => {
    const { client, batches } = setup()
    const receipts = await client.enqueueMany(count, [{ n: 0 }, { n: 1 }], ({ n }, index) => ({
      id: `${n}:${index}`,
    }))
    expect(receipts.map(({ id }) => id)).toEqual(['0:0', '1:1'])
    expect(await client.enqueueMany(count, [])).toEqual([])
    expect(batches).toEqual([2])
  })

  test('stores none where one is invalid, and says which', async () => {
    const { client, batches } = setup()
    const error = await rejection(client.enqueueMany(count, [{ n: 0 }, { n: 'x' } as never]))
    expect(error).toBeInstanceOf(InvalidPayloadError)
    expect(error).toMatchObject({ field: '[1].n', issues: [{ path: '[1].n' }], task: 'count' })
    expect((error as Error).message).toContain('Input 1 of 2')
    const option = client.enqueueMany(free, [1, 2, 3], (_, index) => ({ priority: index === 2 ? 200 : 0 }))
    expect(await rejection(option)).toMatchObject({ code: 'invalid-option', field: '[2].priority' })
    const large = setup({ maxPayloadBytes: 5 }).client.enqueueMany(free, ['a', 'abcdef'])
    expect(await rejection(large)).toMatchObject({ code: 'payload-too-large', field: '[1]' })
    expect(batches).toEqual([])
  })

  test('waits for asynchronous schemas, and reports one failure', async () => {
    const { client, batches } = setup()
    const slow = task('slow', { input: z.number().refine(async (n) => n > 0) })
    expect(await client.enqueueMany(slow, [1, 2])).toHaveLength(2)
    expect(await rejection(client.enqueueMany(slow, [1, 0, -1]))).toMatchObject({ field: '[1]' })
    const mixed = client.enqueueMany(slow, [0, 1, 2], (n) => ({ priority: n === 2 ? 101 : 0 }))
    expect(await rejection(mixed)).toMatchObject({ code: expect.stringMatching(/^invalid-/) })
    expect(batches).toEqual([2])
  })

  test('refuses one id for many, and what is no list', async () => {
    const { client } = setup()
    expect(await rejection(client.enqueueMany(free, [1, 2], { id: 'a' }))).toMatchObject({ field: 'id' })
    expect(await rejection(client.enqueueMany(free, 'ab' as never))).toMatchObject({ field: 'inputs' })
    expect(await client.enqueueMany(free, [1], { id: 'a' })).toHaveLength(1)
  })

  test('chunks only what is above 10,000', async () => {
    const { client, batches } = setup()
    await client.enqueueMany(
      free,
      Array.from({ length: 10_001 }, (_, index) => index),
    )
    expect(batches).toEqual([10_000, 1])
  })
})

describe('middleware', () => {
  type Enqueue = NonNullable<MiddlewareHooks['enqueue']>
  const hooks = (enqueue: Enqueue): MiddlewareHooks => ({ enqueue })

  test('wraps, the first outermost, and may change the call', async () => {
    const order: string[] = []
    const named = (name: string) =>
      hooks(async (call, next) => {
        order.push(`${name}>`)
        const receipt = await next({
          ...call,
          options: { ...call.options, meta: { ...call.options.meta, [name]: 1 } },
        })
        order.push(`<${name}`)
        return receipt
      })
    const { client } = setup({ middleware: [named('a'), { run: async () => {} }, named('b')] })
    const receipt = await client.enqueue(count, { n: 1 })
    expect(order).toEqual(['a>', 'b>', '<b', '<a'])
    expect(await client.get(receipt.id)).toMatchObject({ meta: { a: 1, b: 1 } })
    expect(receipt.task).toBe('count')
  })

  test('may refuse, or answer itself', async () => {
    const own: EnqueueReceipt = { id: 'own', outcome: 'deduplicated' }
    const refusing = setup({ middleware: [hooks(() => Promise.reject(new Error('no')))] })
    expect(await rejection(refusing.client.enqueue(free, 1))).toMatchObject({ message: 'no' })
    const answering = setup({ middleware: [hooks(async () => own)] })
    expect(await answering.client.enqueue(free, 1)).toEqual({ ...own, task: 'free' })
    expect([...refusing.batches, ...answering.batches]).toEqual([])
  })

  test('repeats the same job when it calls next again', async () => {
    const ids: (string | undefined)[] = []
    const twice = hooks(async (call, next) => {
      await next(call)
      return next(call)
    })
    const watch = hooks((call, next) => {
      ids.push(call.options.id)
      return next(call)
    })
    const { client } = setup({ middleware: [twice, watch] })
    expect((await client.enqueue(free, 1)).outcome).toBe('deduplicated')
    expect(ids[0]).toBeDefined()
    expect(ids[0]).toBe(ids[1])
  })

  test('is told what it does wrong', async () => {
    const forgetful = setup({ middleware: [hooks((async () => undefined) as unknown as Enqueue)] })
    expect(await rejection(forgetful.client.enqueue(free, 1))).toMatchObject({ field: 'middleware.enqueue' })
    const wrong = setup({ middleware: [hooks((_, next) => next({} as EnqueueCall))] })
    expect(await rejection(wrong.client.enqueue(free, 1))).toBeInstanceOf(InvalidOptionError)
    const renamed = setup({ middleware: [hooks((call, next) => next({ ...call, task: 'fre' }))] })
    renamed.context.registry.add(free)
    const error = await rejection(renamed.client.enqueue(count, { n: 1 }))
    expect(error).toBeInstanceOf(UnknownTaskError)
    expect((error as Error).message).toContain("Did you mean 'free'?")
  })

  test('what it makes of the input is checked', async () => {
    const { client } = setup({ middleware: [hooks((call, next) => next({ ...call, input: { n: 'x' } }))] })
    expect(await rejection(client.enqueue(count, { n: 1 }))).toBeInstanceOf(InvalidPayloadError)
  })

  test('enqueueMany goes through it job by job, and still is one batch or none', async () => {
    const skipping = hooks((call, next) =>
      call.input === 1 ? Promise.resolve({ id: 'own', outcome: 'deduplicated' }) : next(call),
    )
    const { client, batches } = setup({ middleware: [skipping] })
    const receipts = await client.enqueueMany(free, [0, 1, 2])
    expect(receipts.map(({ outcome }) => outcome)).toEqual(['created', 'deduplicated', 'created'])
    expect(await client.enqueueMany(free, [1])).toHaveLength(1)
    expect(batches).toEqual([2])

    const refusing = hooks((call, next) => (call.input === 2 ? Promise.reject(new Error('no')) : next(call)))
    const other = setup({ middleware: [refusing] })
    expect(await rejection(other.client.enqueueMany(free, [0, 1, 2, 3]))).toMatchObject({ message: 'no' })
    expect(other.batches).toEqual([])
  })

  test('a batch that the store refuses is refused to all, and can be sent again by a hook', async () => {
    let fail = true
    const again = hooks(async (call, next) => {
      try {
        return await next(call)
      } catch {
        return next(call)
      }
    })
    const inner = setup()
    const flaky = setup({
      middleware: [again],
      backend: {
        enqueue: (jobs) => {
          if (!fail) return inner.backend.enqueue(jobs)
          fail = false
          return Promise.reject(new BackendError('store-busy', 'busy'))
        },
      },
    })
    expect(await flaky.client.enqueueMany(free, [0, 1])).toHaveLength(2)
    expect(inner.batches).toEqual([1, 1])
  })
})
