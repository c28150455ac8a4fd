import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { task } from '../../../src/engine/task.ts'
import { Discard } from '../../../src/engine/throwables.ts'
import { aborted, gate, newJob, Scene } from './scene.ts'

describe('runMany', () => {
  test('gets jobs in batches up to its size, whatever the slots, with an outcome for each', async () => {
    const sizes: number[] = []
    const adds = task('adds', {
      batchSize: 50,
      batchWait: 20,
      runMany: async (items: readonly { input: number }[]) => {
        sizes.push(items.length)
        return items.map(({ input }) =>
          input % 10 === 0
            ? { ok: false as const, error: new Discard(`no ${input}`) }
            : { ok: true as const, output: input + 1 },
        )
      },
    })
    const scene = new Scene({ tasks: [adds] })
    const ids = await scene.enqueueMany(Array.from({ length: 120 }, (_, n) => newJob('adds', n)))
    await scene.runAll({ slots: 2 })
    expect(sizes.reduce((a, b) => a + b)).toBe(120)
    expect(Math.max(...sizes)).toBe(50)
    expect(sizes.length).toBeLessThan(8)
    expect(await scene.get(ids[7] as string)).toMatchObject({ state: 'succeeded', result: '8' })
    expect(await scene.get(ids[20] as string)).toMatchObject({
      state: 'failed',
      reason: 'discarded',
      error: { message: 'no 20' },
    })
  })

  test('a job alone waits for company no longer than batchWait', async () => {
    const adds = task('adds', {
      batchWait: 5,
      runMany: async (items) => items.map(() => ({ ok: true, output: 1 })),
    })
    const scene = new Scene({ tasks: [adds] })
    const id = await scene.enqueue('adds')
    await scene.runAll()
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded', result: '1' })
  })

  test('one input that does not fit leaves the others alone', async () => {
    const adds = task('adds', {
      input: z.number(),
      runMany: async (items) => items.map(({ input }) => ({ ok: true, output: input })),
    })
    const scene = new Scene({ tasks: [adds] })
    const [good, bad] = (await scene.enqueueMany([newJob('adds', 1), newJob('adds', 'x')])) as [
      string,
      string,
    ]
    await scene.runAll()
    expect(await scene.get(good)).toMatchObject({ state: 'succeeded', result: '1' })
    expect(await scene.get(bad)).toMatchObject({ state: 'failed', reason: 'invalid-input', attempt: 0 })
  })

  test.each([
    ['throws', () => Promise.reject(new Error('all of them')), 'all of them'],
    ['answers too few', async () => [{ ok: true, output: 1 }], 'one result for each of its 2 items, got 1'],
    ['answers no list', async () => undefined, 'got undefined'],
    ['answers nonsense', async () => [1, 2], 'must be { ok: true, output }'],
  ])('a handler that %s fails every job', async (_, runMany, message) => {
    const odd = task('odd', { runMany: runMany as never })
    const scene = new Scene({ tasks: [odd] })
    const ids = await scene.enqueueMany([
      newJob('odd', 1, { maxAttempts: 1 }),
      newJob('odd', 2, { maxAttempts: 1 }),
    ])
    await scene.runAll()
    for (const id of ids) {
      const job = await scene.get(id)
      expect(job).toMatchObject({ state: 'failed', reason: 'exhausted' })
      expect(job.error?.message).toContain(message)
    }
  })

  test('middleware wraps each job, and one that it stops is not in the batch', async () => {
    const seen: unknown[] = []
    const batch = task('batch', {
      runMany: async (items: readonly { input: number }[]) => {
        seen.push(items.map(({ input }) => input))
        return items.map(({ input }) => ({ ok: true as const, output: input }))
      },
    })
    const scene = new Scene({
      tasks: [batch],
      middleware: [
        {
          run: async (_, input, next) => {
            if (input === 2) throw new Discard('two is out')
            if (input === 3) return 'three is known'
            return [await next((input as number) * 10)]
          },
        },
      ],
    })
    const ids = await scene.enqueueMany([
      newJob('batch', 1),
      newJob('batch', 2),
      newJob('batch', 3),
      newJob('batch', 4),
    ])
    await scene.runAll()
    expect(seen).toEqual([[10, 40]])
    const results = await Promise.all(ids.map(async (id) => (await scene.get(id)).result))
    expect(results).toEqual(['[10]', null, '"three is known"', '[40]'])
  })

  test('an item that hangs in the middleware takes the others with it only until its own end', async () => {
    const seen: unknown[] = []
    const heard: unknown[] = []
    const late = gate()
    const batch = task('batch', {
      runMany: async (items: readonly { input: number }[]) => {
        seen.push(items.map(({ input }) => input))
        return items.map(({ input }) => ({ ok: true as const, output: input }))
      },
    })
    const scene = new Scene({
      tasks: [batch],
      middleware: [
        {
          run: async (_, input, next) => {
            if (input === 1) await late.opened
            // It has its outcome while the others are still on their way.
            if (input === 2) return next(2).catch((error: unknown) => void heard.push(error))
            return next(input)
          },
        },
      ],
    })
    const [hangs, fine] = (await scene.enqueueMany([
      newJob('batch', 1, { timeoutMs: 300, maxAttempts: 1 }),
      newJob('batch', 3),
      newJob('batch', 2, { timeoutMs: 10, maxAttempts: 1 }),
    ])) as [string, string]
    const worker = scene.worker()
    const succeeded = scene.next('job:succeeded')
    await worker.start()
    expect(await succeeded).toMatchObject({ id: fine })
    expect(seen).toEqual([[3]])
    expect(heard).toMatchObject([{ message: expect.stringContaining('has its outcome') }])
    expect(worker.health()).toMatchObject({ abandoned: 1 })
    late.open()
    await worker.idle()
    while (worker.health().abandoned > 0) await new Promise((resolve) => setImmediate(resolve))
    expect(seen).toEqual([[3]])
    expect(await scene.get(hangs)).toMatchObject({ state: 'failed', reason: 'exhausted' })
  })

  test('a job that is cancelled or times out leaves the batch to the others', async () => {
    const go = gate()
    const batch = task('batch', {
      runMany: async (items) => {
        await go.opened
        return items.map(() => ({ ok: true, output: 'done' }))
      },
    })
    const scene = new Scene({ tasks: [batch] })
    const [slow, fine] = (await scene.enqueueMany([
      newJob('batch', 1, { timeoutMs: 20, maxAttempts: 1 }),
      newJob('batch', 2),
    ])) as [string, string]
    const worker = scene.worker({ slots: 1 })
    const failed = scene.next('job:failed')
    await worker.start()
    expect(await failed).toMatchObject({ id: slow, reason: 'exhausted' })
    expect(worker.health()).toMatchObject({ busy: 1, abandoned: 1 })
    go.open()
    await worker.idle()
    expect(worker.health()).toMatchObject({ busy: 0, abandoned: 0 })
    expect(await scene.get(fine)).toMatchObject({ state: 'succeeded', result: '"done"' })
  })

  test('a batch that waits for company is given back at once when the worker stops', async () => {
    const batch = task('batch', {
      batchWait: '1h',
      runMany: async (items) => items.map(() => ({ ok: true, output: 1 })),
    })
    const scene = new Scene({ tasks: [batch] })
    const id = await scene.enqueue('batch')
    const worker = scene.worker()
    await worker.start()
    while ((await scene.get(id)).state !== 'active') await new Promise((resolve) => setImmediate(resolve))
    await scene.backend.control?.requestCancel([id])
    await worker.idle()
    expect(await scene.get(id)).toMatchObject({ state: 'cancelled', reason: 'requested' })
    const second = await scene.enqueue('batch')
    while ((await scene.get(second)).state !== 'active') await new Promise((resolve) => setImmediate(resolve))
    await worker.stop()
    expect(await scene.get(second)).toMatchObject({ state: 'pending', attempt: 0 })
  })

  test('each item has its own job', async () => {
    const batch = task('batch', {
      runMany: async (items) =>
        items.map(({ job }) => {
          job.log.info('hello')
          job.progress(50)
          return { ok: true, output: job.id }
        }),
    })
    const scene = new Scene({ tasks: [batch] })
    const ids = await scene.enqueueMany([newJob('batch'), newJob('batch')])
    await scene.runAll()
    for (const id of ids) {
      expect(await scene.get(id)).toMatchObject({ result: JSON.stringify(id), progress: { percent: 50 } })
      expect(await scene.backend.records?.logs(id, 10)).toMatchObject([{ message: 'hello' }])
    }
  })

  test('a shutdown aborts every item', async () => {
    const batch = task('batch', {
      runMany: async (items) => {
        await Promise.all(items.map(({ job }) => aborted(job.signal)))
        return []
      },
    })
    const scene = new Scene({ tasks: [batch] })
    const ids = await scene.enqueueMany([newJob('batch'), newJob('batch')])
    const worker = scene.worker()
    const started = scene.next('job:started')
    await worker.start()
    await started
    await worker.stop({ grace: 0 })
    for (const id of ids) expect(await scene.get(id)).toMatchObject({ state: 'pending', attempt: 0 })
  })
})
