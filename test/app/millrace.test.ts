import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { millrace } from '../../src/app/millrace.ts'
import { memory } from '../../src/backends/memory/index.ts'
import {
  type AppOptions,
  type Backend,
  BackendError,
  InvalidOptionError,
  type Millrace,
  NotRunningError,
  UnsupportedFacetError,
} from '../../src/contract/index.ts'
import { task } from '../../src/engine/task.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-app-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const double = task('double', {
  input: z.object({ n: z.number() }),
  run: ({ n }) => ({ doubled: n * 2 }),
})

async function withApp(options: AppOptions, use: (app: Millrace) => Promise<void>): Promise<void> {
  const app = millrace(options)
  try {
    await use(app)
  } finally {
    await app.close()
  }
}

describe('millrace()', () => {
  test.each([
    ['a given backend', () => memory()],
    ['memory by URL', () => 'memory:'],
    ['a file', () => `sqlite:${join(folder, 'jobs.db')}`],
  ])('runs a job from end to end on %s', async (_, backend) => {
    await withApp({ backend: backend(), tasks: [double] }, async (app) => {
      const worker = app.worker({ slots: 2, poll: '50ms' })
      await worker.start()
      const receipt = await app.enqueue(double, { n: 21 })
      expect(await app.result(receipt, { timeout: '10s' })).toEqual({ doubled: 42 })
      expect(await app.workers()).toMatchObject([{ id: worker.id, slots: 2 }])
      expect(await app.get(receipt.id)).toMatchObject({ state: 'succeeded', output: { doubled: 42 } })
    })
  })

  test('opens nothing before the first call, and the store once for all calls', async () => {
    await withApp({ backend: 'memory:' }, async (app) => {
      expect(() => app.in({})).toThrow(NotRunningError)
      const [first, second] = await Promise.all([app.ready(), app.ready()])
      expect(first).toBe(second)
      expect(() => app.in({})).toThrow(UnsupportedFacetError)
      expect(await app.info()).toMatchObject({ name: 'memory' })
      expect(await app.migrate()).toEqual([])
    })
  })

  test('refuses bad options at once', () => {
    expect(() => millrace({ backend: 'nosql:x' })).toThrow(InvalidOptionError)
    expect(() => millrace({ tasks: [double, task('double')] })).toThrow('another task has this name')
    expect(() => millrace({ worker: { slots: 0 } })).toThrow(InvalidOptionError)
    expect(() => millrace({ middleware: [{ enqueue: 7 } as never] })).toThrow(InvalidOptionError)
    const app = millrace({ backend: 'memory:' })
    expect(() => app.worker({ slot: 1 } as never)).toThrow("Did you mean 'slots'?")
    expect(() => app.use({ enqeue() {} } as never)).toThrow("Did you mean 'enqueue'?")
    expect(() => app.register('double' as never)).toThrow(InvalidOptionError)
  })

  test('says at the start what a backend lacks for its tasks', async () => {
    const { unique: _, ...backend } = memory()
    const once = task('once', { unique: true })
    expect(() => millrace({ backend, tasks: [once] })).toThrow(UnsupportedFacetError)
    const app = millrace({ backend })
    expect(() => app.register(once)).toThrow("Task 'once' has the option unique")
    await app.close()
  })

  test('registers tasks and middleware later', async () => {
    await withApp({ backend: memory() }, async (app) => {
      app.register(double)
      expect(app.tasks).toEqual([double])
      app.use({ enqueue: (call, next) => next({ ...call, options: { ...call.options, priority: 9 } }) })
      const { id } = await app.enqueue(double, { n: 1 })
      expect(await app.get(id)).toMatchObject({ priority: 9 })
    })
  })

  test('its calls reject with a typed error while the store is down, and work once it answers', async () => {
    let down = true
    const store = memory()
    const whenUp = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => {
      return (...args: A): Promise<R> =>
        down ? Promise.reject(new BackendError('store-unavailable', 'Down.')) : call(...args)
    }
    const backend: Backend = {
      ...store,
      enqueue: whenUp(store.enqueue),
      exchange: whenUp(store.exchange),
      heartbeat: whenUp(store.heartbeat),
      subscribe: whenUp(store.subscribe),
    }
    await withApp({ backend, tasks: [double] }, async (app) => {
      const worker = app.worker()
      const started = worker.start()
      await expect(app.enqueue(double, { n: 1 })).rejects.toMatchObject({
        code: 'store-unavailable',
        retriable: true,
      })
      expect(worker.health().healthy).toBe(false)
      down = false
      const receipt = await app.enqueue(double, { n: 2 })
      await started
      expect(await app.result(receipt, { timeout: '10s' })).toEqual({ doubled: 4 })
    })
  })

  test('close stops workers, sends what waits, and refuses the rest', async () => {
    const store = memory()
    const app = millrace({ backend: { ...store, close: async () => {} }, tasks: [double] })
    const worker = app.worker()
    await worker.start()
    const pending = app.enqueue(double, { n: 1 })
    const closing = app.close()
    expect(app.close()).toBe(closing)
    await closing
    expect((await pending).outcome).toBe('created')
    expect(worker.health().state).toBe('stopped')
    await expect(app.enqueue(double, { n: 1 })).rejects.toBeInstanceOf(NotRunningError)
    await expect(app.get('x')).rejects.toBeInstanceOf(NotRunningError)
    await expect(app.ready()).rejects.toBeInstanceOf(NotRunningError)
    expect(() => app.in({})).toThrow(NotRunningError)
    expect(() => app.worker()).toThrow(NotRunningError)
    await store.close()
  })

  test('an app that was never used closes without opening anything', async () => {
    const app = millrace({ backend: `sqlite:${join(folder, 'missing', 'jobs.db')}` })
    await app.close()
    await app[Symbol.asyncDispose]()
  })
})
