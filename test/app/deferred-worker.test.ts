import { expect, test } from 'vitest'
import { DeferredWorker } from '../../src/app/deferred-worker.ts'
import { NotRunningError, type Worker, type WorkerHealth } from '../../src/contract/index.ts'

const running: WorkerHealth = {
  state: 'running',
  healthy: true,
  busy: 1,
  slots: 3,
  abandoned: 0,
  sinceExchangeMs: 1,
  lastError: null,
}

function fakeWorker(): Worker & { readonly calls: string[] } {
  const calls: string[] = []
  const { promise, resolve } = deferred<void>()
  const note = async (name: string) => {
    calls.push(name)
  }
  return {
    id: 'w',
    calls,
    stopped: promise,
    start: () => note('start'),
    quiet: () => void note('quiet'),
    stop: async (options) => {
      await note(`stop ${options?.grace}`)
      resolve()
    },
    health: () => running,
    idle: () => note('idle'),
    [Symbol.asyncDispose]: () => note('dispose'),
  }
}

function deferred<T>() {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

test('becomes the worker once its backend is loaded', async () => {
  const inner = fakeWorker()
  const worker = new DeferredWorker({ id: 'w', slots: 3, make: async () => inner })
  expect(worker.health()).toEqual({
    ...running,
    state: 'idle',
    healthy: false,
    busy: 0,
    sinceExchangeMs: null,
  })
  await worker.start()
  worker.quiet()
  await worker.idle()
  await worker.stop({ grace: '1s' })
  await worker.stopped
  expect(inner.calls).toEqual(['start', 'quiet', 'idle', 'stop 1s'])
  expect(worker.health()).toBe(running)
})

test('a stop before any start does nothing', async () => {
  const inner = fakeWorker()
  const worker = new DeferredWorker({ id: 'w', slots: 3, make: async () => inner })
  await worker.stop()
  await worker.start()
  expect(inner.calls).toEqual(['start'])
})

test('stays quiet where it was told so before it was made', async () => {
  const inner = fakeWorker()
  const worker: Worker = new DeferredWorker({ id: 'w', slots: 3, make: async () => inner })
  worker.quiet()
  await worker.start()
  expect(inner.calls).toEqual(['quiet', 'start'])
})

test('a stop while it is loading prevents the start', async () => {
  const { promise, resolve } = deferred<Worker>()
  const inner = fakeWorker()
  const worker = new DeferredWorker({ id: 'w', slots: 3, make: () => promise })
  const starting = expect(worker.start()).rejects.toBeInstanceOf(NotRunningError)
  await worker.stop()
  await worker.stopped
  resolve(inner)
  await starting
  expect(inner.calls).toEqual([])
  expect(worker.health().state).toBe('stopped')
})

test('a load that failed is tried again at the next start', async () => {
  const inner = fakeWorker()
  let failures = 1
  const make = async () => {
    if (failures-- > 0) throw new Error('not installed')
    return inner
  }
  const worker = new DeferredWorker({ id: 'w', slots: 3, make })
  await expect(worker.start()).rejects.toThrow('not installed')
  await worker.start()
  expect(inner.calls).toEqual(['start'])
})

test('closing it ends it for good, also where it was never started', async () => {
  const inner = fakeWorker()
  const worker = new DeferredWorker({ id: 'w', slots: 3, make: async () => inner })
  await worker.close()
  await worker.stopped
  expect(worker.health().state).toBe('stopped')
  await expect(worker.start()).rejects.toBeInstanceOf(NotRunningError)
  expect(inner.calls).toEqual([])
})
