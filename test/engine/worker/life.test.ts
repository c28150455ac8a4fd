import { describe, expect, test } from 'vitest'
import type { Backend } from '../../../src/contract/index.ts'
import { BackendError, InvalidOptionError, NotRunningError } from '../../../src/contract/index.ts'
import { task } from '../../../src/engine/task.ts'
import { createWorker } from '../../../src/engine/worker/create-worker.ts'
import { aborted, gate, newJob, Scene } from './scene.ts'

const noop = task('noop', { run: () => undefined })

describe('a worker’s life', () => {
  test('tells its state, and when it started, was quieted and stopped', async () => {
    const scene = new Scene({ tasks: [noop] }).watch('worker:started', 'worker:quiet', 'worker:stopped')
    const worker = scene.worker({ id: 'one', slots: 3 })
    expect(worker.health()).toMatchObject({ state: 'idle', healthy: false, slots: 3, sinceExchangeMs: null })
    await worker.start()
    await worker.idle()
    expect(worker.health()).toMatchObject({ state: 'running', healthy: true, busy: 0, lastError: null })
    expect(worker.health().sinceExchangeMs).toBeGreaterThanOrEqual(0)
    worker.quiet()
    worker.quiet()
    expect(worker.health().state).toBe('quiet')
    await worker.stop()
    await worker.stopped
    expect(worker.health()).toMatchObject({ state: 'stopped', healthy: false })
    expect(scene.seen.map(({ name }) => name)).toEqual(['worker:started', 'worker:quiet', 'worker:stopped'])
    expect(scene.events('worker:started')).toMatchObject([{ workerId: 'one', queues: ['default'], slots: 3 }])
    expect(await scene.backend.control?.workers()).toEqual([])
  })

  test('starting and stopping twice is harmless, and it does not start again', async () => {
    const scene = new Scene({ tasks: [noop] })
    const worker = scene.worker()
    await worker.stop()
    await Promise.all([worker.start(), worker.start()])
    await Promise.all([worker.stop(), worker.stop()])
    await worker.stop()
    await expect(worker.start()).rejects.toThrow(NotRunningError)
    await worker.idle()
  })

  test('idle() of one that was not started is refused', async () => {
    const worker = new Scene({ tasks: [noop] }).worker()
    await expect(worker.idle()).rejects.toThrow(NotRunningError)
  })

  test('idle() waits for what was enqueued before it was asked', async () => {
    let ran = 0
    const counts = task('counts', {
      run: async () => {
        await new Promise((resolve) => setImmediate(resolve))
        ran += 1
      },
    })
    const scene = new Scene({ tasks: [counts] })
    const worker = scene.worker({ slots: 2 })
    await worker.start()
    await worker.idle()
    for (let round = 1; round <= 20; round += 1) {
      await scene.enqueueMany([newJob('counts'), newJob('counts'), newJob('counts')])
      await worker.idle()
      expect(ran).toBe(round * 3)
    }
  })

  test('a quiet worker claims nothing, and its running attempts go on', async () => {
    const go = gate()
    const waits = task('waits', { run: () => go.opened })
    const scene = new Scene({ tasks: [waits] })
    const first = await scene.enqueue('waits')
    const worker = scene.worker({ slots: 1 })
    const started = scene.next('job:started')
    await worker.start()
    await started
    worker.quiet()
    const second = await scene.enqueue('waits')
    const done = scene.next('job:succeeded')
    go.open()
    await done
    await worker.idle()
    expect(await scene.get(first)).toMatchObject({ state: 'succeeded' })
    expect(await scene.get(second)).toMatchObject({ state: 'pending' })
  })

  test('commands of the store quiet and stop it', async () => {
    const scene = new Scene({ tasks: [noop] })
    const worker = scene.worker()
    await worker.start()
    const quiet = scene.next('worker:quiet')
    await scene.backend.control?.send(worker.id, { kind: 'quiet' })
    await quiet
    await scene.backend.control?.send(worker.id, { kind: 'stop' })
    await worker.stopped
    expect(worker.health().state).toBe('stopped')
  })

  test('workers say of themselves what they are', async () => {
    const scene = new Scene({ tasks: [noop] })
    const worker = scene.worker({ id: 'me', slots: 7, queues: ['a', 'b'] })
    await worker.start()
    const [record] = (await scene.backend.control?.workers()) ?? []
    expect(record).toMatchObject({
      id: 'me',
      slots: 7,
      queues: ['a', 'b'],
      pid: process.pid,
      quiet: false,
      busy: 0,
    })
    expect(record?.memoryBytes).toBeGreaterThan(1_000_000)
    expect(record?.version).toMatch(/^\d+\.\d+\.\d+/)
  })
})

describe('shutdown gives back', () => {
  test('what was claimed ahead at once, what runs after the grace time; no attempt counts', async () => {
    const heard: unknown[] = []
    const waits = task('waits', {
      run: async (_: undefined, job) => {
        try {
          await aborted(job.signal)
        } catch (error) {
          heard.push(error)
          throw error
        }
      },
    })
    const scene = new Scene({ tasks: [waits] }).watch('job:released', 'worker:stopped')
    const ids = await scene.enqueueMany([newJob('waits'), newJob('waits'), newJob('waits')])
    const worker = scene.worker({ slots: 2 })
    const bothRun = scene.next('job:started', ({ id }) => id === ids[1])
    await worker.start()
    await bothRun
    await worker.stop({ grace: 10 })
    expect(heard).toHaveLength(2)
    expect(heard[0]).toBeInstanceOf(NotRunningError)
    for (const id of ids) expect(await scene.get(id)).toMatchObject({ state: 'pending', attempt: 0 })
    expect(
      scene
        .events('job:released')
        .map(({ id }) => id)
        .sort(),
    ).toEqual([ids[0], ids[1]].sort())
    expect(scene.events('worker:stopped')).toMatchObject([{ released: 2 }])
  })

  test('running attempts may finish within the grace time', async () => {
    const go = gate()
    const waits = task('waits', { run: () => go.opened })
    const scene = new Scene({ tasks: [waits] })
    const id = await scene.enqueue('waits')
    const worker = scene.worker()
    const started = scene.next('job:started')
    await worker.start()
    await started
    const stopping = worker.stop({ grace: '10s' })
    expect(worker.health().state).toBe('stopping')
    go.open()
    await stopping
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded', attempt: 1 })
  })

  test('a handler that heeds nothing is given back too, and its late answer is fenced', async () => {
    const go = gate<string>()
    const deaf = task('deaf', { run: () => go.opened })
    const scene = new Scene({ tasks: [deaf] })
    const id = await scene.enqueue('deaf')
    const worker = scene.worker()
    const started = scene.next('job:started')
    await worker.start()
    await started
    await worker.stop({ grace: 0 })
    expect(await scene.get(id)).toMatchObject({ state: 'pending', attempt: 0 })
    go.open('late')
    await go.opened
    expect(await scene.get(id)).toMatchObject({ state: 'pending', result: null })
  })

  test('a verdict of the handler counts also then', async () => {
    const { Discard } = await import('../../../src/engine/throwables.ts')
    const gives = task('gives', {
      run: async (_: undefined, job) => {
        await aborted(job.signal).catch(() => undefined)
        throw new Discard('pointless')
      },
    })
    const scene = new Scene({ tasks: [gives] })
    const id = await scene.enqueue('gives')
    const worker = scene.worker()
    const started = scene.next('job:started')
    await worker.start()
    await started
    await worker.stop({ grace: 0 })
    expect(await scene.get(id)).toMatchObject({ state: 'failed', reason: 'discarded' })
  })
})

describe('a store that is away', () => {
  test('is waited for at the start, with events, and recovers', async () => {
    const away = outage()
    const scene = new Scene({ tasks: [noop], wrap: away.wrap }).watch('backend:error', 'backend:recovered')
    const id = await scene.enqueue('noop')
    away.down = true
    const worker = scene.worker()
    const failing = scene.next('backend:error')
    const started = worker.start()
    expect(await failing).toMatchObject({ during: 'heartbeat' })
    expect(worker.health()).toMatchObject({ healthy: false })
    expect(worker.health().lastError).toBeInstanceOf(BackendError)
    away.down = false
    await started
    await worker.idle()
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded' })
    expect(scene.events('backend:recovered')[0]).toMatchObject({ during: 'heartbeat' })
    expect(worker.health()).toMatchObject({ healthy: true, lastError: null })
  })

  test('can be given up on before it has answered', async () => {
    const away = outage()
    const scene = new Scene({ tasks: [noop], wrap: away.wrap })
    away.down = true
    const worker = scene.worker()
    const failing = scene.next('backend:error')
    const started = worker.start()
    await failing
    await worker.stop()
    await started
    await worker.stopped
    expect(worker.health().state).toBe('stopped')
  })

  test('keeps no outcome from being stored, once, when it is back', async () => {
    const away = outage()
    const go = gate()
    const waits = task('waits', { run: () => go.opened })
    const scene = new Scene({ tasks: [waits], wrap: away.wrap }).watch('job:succeeded', 'job:lease-lost')
    const ids = await scene.enqueueMany(Array.from({ length: 5 }, () => newJob('waits')))
    const worker = scene.worker({ slots: 3 })
    const three = scene.next('job:started', ({ id }) => id === ids[2])
    await worker.start()
    await three
    away.down = true
    const failing = scene.next('backend:error', ({ during }) => during === 'exchange')
    go.open()
    await failing
    expect(worker.health()).toMatchObject({ healthy: false, busy: 0 })
    const recovered = scene.next('backend:recovered', ({ during }) => during === 'exchange')
    away.down = false
    await recovered
    await worker.idle()
    for (const id of ids) expect(await scene.get(id)).toMatchObject({ state: 'succeeded', attempt: 1 })
    expect(scene.events('job:succeeded')).toHaveLength(5)
    expect(scene.events('job:lease-lost')).toEqual([])
  })

  test('an exchange whose answer was lost is not counted as a lost lease', async () => {
    let loseAnswer = false
    const scene = new Scene({
      tasks: [noop],
      wrap: (backend) => ({
        ...backend,
        exchange: async (request) => {
          const reply = await backend.exchange(request)
          if (!loseAnswer || request.settle.length === 0) return reply
          loseAnswer = false
          throw new BackendError('store-unavailable', 'The connection was lost.')
        },
      }),
    }).watch('job:lease-lost', 'job:succeeded')
    loseAnswer = true
    const id = await scene.enqueue('noop')
    await scene.runAll()
    expect(loseAnswer).toBe(false)
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded' })
    expect(scene.events('job:succeeded')).toMatchObject([{ id }])
    expect(scene.events('job:lease-lost')).toEqual([])
  })
})

describe('options', () => {
  test.each([
    [{ slot: 3 }, /Did you mean 'slots'/],
    [{ slots: 0 }, /slots must be a whole number/],
    [{ slots: 1.5 }, /slots/],
    [{ prefetch: -1 }, /prefetch/],
    [{ lease: '10ms' }, /lease must be from 1000 ms/],
    [{ lease: 'soon' }, /lease must be a duration/],
    [{ poll: 0 }, /poll/],
    [{ grace: -1 }, /grace/],
    [{ quarantineAfter: 0 }, /quarantineAfter/],
    [{ id: '' }, /id must have 1 to 128/],
    [{ maintenance: 'yes' }, /maintenance must be true or false/],
    [{ queues: [] }, /queues is empty/],
    [{ queues: {} }, /queues is empty/],
    [{ queues: ['a', 'a'] }, /names 'a' twice/],
    [{ queues: 'a' }, /queues must be a list/],
    [{ queues: [''] }, /queues\[0\]/],
    [{ queues: { a: 0 } }, /queues\.a/],
    [{ queues: { a: 'x' } }, /queues\.a must be a weight/],
    [{ queues: { a: { wieght: 1 } } }, /Did you mean 'weight'/],
    [{ slots: 2, queues: { a: { slots: 3 } } }, /queues\.a\.slots must be a whole number from 1 to 2/],
  ])('%j is refused', (options, message) => {
    const { context } = new Scene({ tasks: [noop] })
    expect(() => createWorker(context, options as never)).toThrow(InvalidOptionError)
    expect(() => createWorker(context, options as never)).toThrow(message)
  })

  test('undefined counts as not given, and stop() checks its own', async () => {
    const worker = new Scene({ tasks: [noop] }).worker({ slots: undefined } as never)
    expect(worker.health().slots).toBe(10)
    await worker.start()
    await expect(worker.stop({ grase: 1 } as never)).rejects.toThrow(/Did you mean 'grace'/)
  })

  test('a task that cannot run here fails the start', async () => {
    const both = task('both', {
      isolate: 'thread',
      runMany: async (items) => items.map(() => ({ ok: true, output: 1 })),
    })
    const worker = new Scene({ tasks: [both] }).worker()
    await expect(worker.start()).rejects.toThrow(/isolate and runMany/)
  })
})

/** A store that can be taken away. */
function outage(): { down: boolean; wrap: (backend: Backend) => Backend } {
  const state = {
    down: false,
    wrap: (backend: Backend): Backend => {
      const guard =
        <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
        async (...args: A): Promise<R> => {
          if (state.down) throw new BackendError('store-unavailable', 'The store is away.')
          return call(...args)
        }
      const { exchange, heartbeat, subscribe, rescue, retire } = backend
      return {
        ...backend,
        exchange: guard(exchange),
        heartbeat: guard(heartbeat),
        subscribe: guard(subscribe),
        rescue: guard(rescue),
        retire: guard(retire),
      }
    },
  }
  return state
}
