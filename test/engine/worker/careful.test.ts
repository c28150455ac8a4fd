import { describe, expect, test } from 'vitest'
import { task } from '../../../src/engine/task.ts'
import { Exchanges } from './exchanges.ts'
import { gate, newJob, Scene } from './scene.ts'

const ONCE = { maxAttempts: 1 }

/** A scene whose task `runs` notes what it ran. */
function setUp() {
  const ran: string[] = []
  const exchanges = new Exchanges()
  const runs = task('runs', {
    run: (_: undefined, job) => {
      ran.push(job.id)
    },
  })
  const scene = new Scene({ tasks: [runs], wrap: exchanges.wrap })
  return { ran, exchanges, scene }
}

describe('a job on its last attempt', () => {
  test('starts once an exchange has begun it; others pay nothing', async () => {
    const { ran, exchanges, scene } = setUp()
    const last = await scene.enqueue('runs', undefined, ONCE)
    const plain = await scene.enqueue('runs')
    exchanges.step = async (request, call) => {
      const reply = await call(request)
      if (request.begin.length > 0) expect(ran).toEqual([plain])
      return reply
    }
    await scene.runAll()
    expect(ran).toEqual([plain, last])
    expect(exchanges.begun).toEqual([last])
    expect(await scene.get(last)).toMatchObject({ state: 'succeeded', attempt: 1 })
  })

  test('is a later one, after a retry, and not the first', async () => {
    const exchanges = new Exchanges()
    const fails = task('fails', {
      retry: { attempts: 2, backoff: 'fixed', delay: 0 },
      run: () => {
        throw new Error('no')
      },
    })
    const scene = new Scene({ tasks: [fails], wrap: exchanges.wrap })
    const id = await scene.enqueue('fails', undefined, { maxAttempts: 2 })
    await scene.runAll()
    expect(exchanges.begun).toEqual([id])
    expect(await scene.get(id)).toMatchObject({ state: 'failed', reason: 'exhausted', attempt: 2 })
  })

  test('has its slot while the store is told, so that no more jobs start than there are slots', async () => {
    const { ran, exchanges, scene } = setUp()
    const [asked, answer] = [gate(), gate()]
    exchanges.step = async (request, call) => {
      if (request.begin.length > 0) {
        asked.open()
        await answer.opened
      }
      return call(request)
    }
    const last = await scene.enqueue('runs', undefined, { ...ONCE, priority: 1 })
    const plain = await scene.enqueue('runs')
    const worker = scene.worker({ slots: 1 })
    await worker.start()
    await asked.opened
    expect(worker.health().busy).toBe(1)
    expect(ran).toEqual([])
    answer.open()
    await worker.idle()
    expect(ran).toEqual([last, plain])
  })

  test('has all of its timeout when it starts', async () => {
    const exchanges = new Exchanges()
    const late = new Promise((resolve) => setTimeout(resolve, 80))
    exchanges.step = async (request, call) => {
      if (request.begin.length > 0) await late
      return call(request)
    }
    const noop = task('noop', { run: () => new Promise<void>((resolve) => setTimeout(resolve, 1)) })
    const scene = new Scene({ tasks: [noop], wrap: exchanges.wrap })
    const id = await scene.enqueue('noop', undefined, { ...ONCE, timeoutMs: 60 })
    await scene.runAll()
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded' })
  })

  test('is not begun where no worker knows its task', async () => {
    const { exchanges, scene } = setUp()
    const id = await scene.enqueue('nobody', undefined, ONCE)
    await scene.runAll()
    expect(exchanges.begun).toEqual([])
    expect(await scene.get(id)).toMatchObject({ state: 'failed', reason: 'unknown-task', attempt: 0 })
  })
})

describe('between the claim and the begin', () => {
  test('an exchange that fails is made again, and the job runs once', async () => {
    const { ran, exchanges, scene } = setUp()
    exchanges.loseAnswer(({ begin }) => begin.length > 0)
    const id = await scene.enqueue('runs', undefined, ONCE)
    await scene.runAll()
    expect(ran).toEqual([id])
    expect(exchanges.begun).toEqual([id, id])
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded', attempt: 1 })
  })

  test('a job that went to another worker is dropped, and its slot is free again', async () => {
    const { ran, exchanges, scene } = setUp()
    let stolen = false
    exchanges.step = async (request, call) => {
      if (request.begin.length > 0 && !stolen) {
        stolen = true
        // What a rescue does: the job is another's, or nobody's, and the token is old.
        const settle = request.begin.map((job) => ({ job, outcome: { kind: 'release' } as const }))
        await call({ ...request, settle, begin: [], claim: null })
      }
      return call(request)
    }
    const id = await scene.enqueue('runs', undefined, ONCE)
    const worker = scene.worker({ slots: 1 })
    await worker.start()
    await worker.idle()
    expect(worker.health().busy).toBe(0)
    // It was claimed again and begun under its new token; the old attempt never ran.
    expect(ran).toEqual([id])
    expect(exchanges.begun).toEqual([id, id])
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded', attempt: 1 })
  })

  test.each(['stop', 'quiet'] as const)('%s gives it back, uncounted and not run', async (how) => {
    const { ran, exchanges, scene } = setUp()
    const [asked, answer] = [gate(), gate()]
    exchanges.step = async (request, call) => {
      if (request.begin.length > 0) {
        const reply = await call(request)
        asked.open()
        await answer.opened
        return reply
      }
      return call(request)
    }
    const id = await scene.enqueue('runs', undefined, ONCE)
    const worker = scene.worker()
    await worker.start()
    await asked.opened
    const stopped = how === 'stop' ? worker.stop() : worker.quiet()
    answer.open()
    await stopped
    await worker.idle()
    expect(ran).toEqual([])
    expect(await scene.get(id)).toMatchObject({ state: 'pending', attempt: 0, lost: 0 })
    expect(worker.health().busy).toBe(0)
  })

  test('a cancellation ends it before it runs', async () => {
    const { ran, exchanges, scene } = setUp()
    const [asked, answer] = [gate(), gate()]
    exchanges.step = async (request, call) => {
      if (request.begin.length > 0) {
        asked.open()
        await answer.opened
      }
      return call(request)
    }
    const cancelled = scene.next('job:cancelled')
    const id = await scene.enqueue('runs', undefined, ONCE)
    const worker = scene.worker()
    await worker.start()
    await asked.opened
    await scene.backend.control?.requestCancel([id])
    while (worker.health().busy > 0) await new Promise((resolve) => setImmediate(resolve))
    answer.open()
    await cancelled
    expect(ran).toEqual([])
    expect(await scene.get(id)).toMatchObject({ state: 'cancelled', reason: 'requested' })
  })

  test('while the lease is in doubt nothing starts, and the store is asked again', async () => {
    const { ran, exchanges, scene } = setUp()
    let doubted = false
    exchanges.step = async (request, call) => {
      const reply = await call(request)
      if (request.begin.length === 0 || doubted) return reply
      doubted = true
      return { ...reply, leaseExpired: true }
    }
    const id = await scene.enqueue('runs', undefined, ONCE)
    await scene.runAll()
    expect(doubted).toBe(true)
    expect(exchanges.begun).toEqual([id, id])
    expect(ran).toEqual([id])
  })
})

test('a batch starts once all careful jobs of it have begun, without those that are lost', async () => {
  const batches: (readonly number[])[] = []
  const exchanges = new Exchanges()
  const batch = task('batch', {
    batchSize: 4,
    runMany: async (items: readonly { input: number }[]) => {
      batches.push(items.map(({ input }) => input))
      return items.map(() => ({ ok: true as const, output: 1 }))
    },
  })
  const scene = new Scene({ tasks: [batch], wrap: exchanges.wrap })
  const [, second, , fourth] = await scene.enqueueMany([
    newJob('batch', 1),
    newJob('batch', 2, ONCE),
    newJob('batch', 3),
    newJob('batch', 4, ONCE),
  ])
  exchanges.step = async (request, call) => {
    const reply = await call(request)
    if (request.begin.length === 0) return reply
    expect(batches).toEqual([])
    // As if the second one had been rescued.
    return { ...reply, leaseLost: [second as string] }
  }
  const worker = scene.worker()
  await worker.start()
  while (batches.length === 0) await new Promise((resolve) => setImmediate(resolve))
  await worker.idle()
  expect(batches).toEqual([[1, 3, 4]])
  expect(exchanges.begun).toEqual([second, fourth])
  await scene.backend.retire(worker.id)
  const rescued = await scene.backend.rescue({ quarantineAfter: 3 })
  expect(rescued).toMatchObject([{ id: second }])
})

test('an older attempt that comes too late says nothing of the one that is about to begin', async () => {
  const { ran, exchanges, scene } = setUp()
  const id = await scene.enqueue('runs', undefined, ONCE)
  let confused = false
  exchanges.step = async (request, call) => {
    const [job] = request.begin
    if (job === undefined || confused) return call(request)
    confused = true
    // The store answers as it does where an older attempt of the same job is settled in the same exchange.
    const settle = request.settle as unknown[]
    settle.push({ job: { ...job, token: job.token - 1 }, outcome: { kind: 'release' }, attempt: null })
    return call(request)
  }
  const worker = scene.worker()
  await worker.start()
  await worker.idle()
  expect(confused).toBe(true)
  expect(ran).toEqual([id])
  expect(exchanges.begun).toEqual([id, id])
})
