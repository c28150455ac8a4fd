import { describe, expect, test } from 'vitest'
import { task } from '../../../src/engine/task.ts'
import { Prefetch } from '../../../src/engine/worker/prefetch.ts'
import { QueueOrder } from '../../../src/engine/worker/queue-order.ts'
import { Slots } from '../../../src/engine/worker/slots.ts'
import { gate, newJob, Scene } from './scene.ts'

/** Claims from queues that never run dry, or from those that hold so many. */
function claimFrom(order: QueueOrder, slots: Slots, limit: number, stock: Record<string, number>): string[] {
  const got: string[] = []
  for (const { name, limit: most } of order.spread(limit, 0)) {
    const lane = slots.lane(name)
    for (let n = 0; n < most && got.length < limit && (stock[name] ?? 0) > 0; n += 1) {
      stock[name] = (stock[name] ?? 0) - 1
      if (lane !== undefined) lane.given += 1
      got.push(name)
    }
  }
  order.learn(limit)
  return got
}

function makeOrder(
  mode: 'strict' | 'weighted',
  queues: Record<string, { weight?: number; slots?: number }>,
  total: number,
) {
  const plans = Object.entries(queues).map(([name, { weight = 1, slots = total }]) => ({
    name,
    weight,
    slots,
  }))
  const slots = new Slots(total, plans)
  return { slots, order: new QueueOrder(slots.lanes, mode, total) }
}

function count(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

describe('the order of queues', () => {
  test('strict: the first queue goes first, always', () => {
    const { order, slots } = makeOrder('strict', { a: {}, b: {} }, 10)
    const stock = { a: 12, b: 100 }
    expect(count(claimFrom(order, slots, 10, stock))).toEqual({ a: 10 })
    expect(order.more(0)).toBe(true)
    expect(count(claimFrom(order, slots, 10, stock))).toEqual({ a: 2, b: 8 })
  })

  test.each([1, 4, 100])('weighted, %i at a time: in proportion, and smoothly', (limit) => {
    const { order, slots } = makeOrder('weighted', { mail: { weight: 3 }, bulk: { weight: 1 } }, 1_000)
    const stock = { mail: 10_000, bulk: 10_000 }
    // The first looks find out which queues have something.
    for (let n = 0; n < 10; n += 1) claimFrom(order, slots, limit, stock)
    const claimed: string[] = []
    while (claimed.length < 400) claimed.push(...claimFrom(order, slots, limit, stock))
    const { mail = 0, bulk = 0 } = count(claimed)
    expect(mail / bulk).toBeGreaterThan(2.8)
    expect(mail / bulk).toBeLessThan(3.2)
  })

  test('weighted: a queue that has nothing leaves its part to the others', () => {
    const { order, slots } = makeOrder(
      'weighted',
      { mail: { weight: 9 }, bulk: { weight: 1 }, more: { weight: 1 } },
      100,
    )
    const stock: Record<string, number> = { bulk: 10_000, more: 10_000 }
    for (let n = 0; n < 3; n += 1) claimFrom(order, slots, 100, stock)
    expect(claimFrom(order, slots, 100, stock)).toHaveLength(100)
    // And gets it back as soon as it has something.
    stock.mail = 10_000
    claimFrom(order, slots, 100, stock)
    claimFrom(order, slots, 100, stock)
    const { mail = 0 } = count(claimFrom(order, slots, 100, stock))
    expect(mail).toBeGreaterThan(70)
  })

  test('weighted: no queue starves', () => {
    const { order, slots } = makeOrder('weighted', { heavy: { weight: 1_000 }, light: { weight: 1 } }, 1)
    const stock = { heavy: 1_000_000, light: 10 }
    const claimed: string[] = []
    for (let n = 0; n < 2_100; n += 1) claimed.push(...claimFrom(order, slots, 1, stock))
    expect(count(claimed).light).toBeGreaterThanOrEqual(2)
  })

  test('a queue is asked for no more than its own slots', () => {
    const { order, slots } = makeOrder('weighted', { a: { slots: 2 }, b: {} }, 10)
    const stock = { a: 100, b: 100 }
    expect(count(claimFrom(order, slots, 10, stock)).a).toBe(2)
    const lane = slots.lane('a')
    if (lane === undefined) throw new Error('There is a lane a.')
    for (let n = 0; n < 2; n += 1) slots.take(lane)
    expect(order.spread(8, 0).map(({ name }) => name)).toEqual(['b'])
  })
})

describe('prefetch', () => {
  test('follows the pace at which attempts end', () => {
    const prefetch = new Prefetch(1_000)
    expect(prefetch.target).toBe(0)
    prefetch.observe(1_000, 3)
    expect(prefetch.target).toBe(1_000)
    for (let n = 0; n < 20; n += 1) prefetch.observe(10, 1_000)
    expect(prefetch.target).toBe(0)
    for (let n = 0; n < 20; n += 1) prefetch.observe(40, 10)
    expect(prefetch.target).toBeGreaterThan(80)
    prefetch.slump()
    expect(prefetch.target).toBe(0)
  })

  test('0 claims for free slots only', () => {
    const prefetch = new Prefetch(0)
    prefetch.observe(1_000, 1)
    expect(prefetch.target).toBe(0)
  })
})

describe('a worker on several queues', () => {
  test('serves them strictly in order', async () => {
    const ran: string[] = []
    const notes = task('notes', { run: (name: string) => void ran.push(name) })
    const scene = new Scene({ tasks: [notes] })
    await scene.enqueueMany([
      newJob('notes', 'b1', { queue: 'b' }),
      newJob('notes', 'b2', { queue: 'b' }),
      newJob('notes', 'a1', { queue: 'a' }),
      newJob('notes', 'a2', { queue: 'a' }),
      newJob('notes', 'c1', { queue: 'c' }),
    ])
    await scene.runAll({ queues: ['a', 'b'], slots: 1 })
    expect(ran).toEqual(['a1', 'a2', 'b1', 'b2'])
  })

  test('keeps each within its own slots, and uses all the others', async () => {
    const running = { mail: 0, other: 0 }
    const peak = { mail: 0, other: 0, both: 0 }
    const works = task('works', {
      run: async (queue: 'mail' | 'other') => {
        running[queue] += 1
        peak[queue] = Math.max(peak[queue], running[queue])
        peak.both = Math.max(peak.both, running.mail + running.other)
        await new Promise((resolve) => setTimeout(resolve, 1))
        running[queue] -= 1
      },
    })
    const scene = new Scene({ tasks: [works] })
    const jobs = Array.from({ length: 200 }, (_, n) => (n % 2 === 0 ? 'mail' : 'other'))
    await scene.enqueueMany(jobs.map((queue) => newJob('works', queue, { queue })))
    await scene.runAll({ slots: 8, queues: { mail: { weight: 3, slots: 2 }, other: 1 } })
    expect(peak).toEqual({ mail: 2, other: peak.other, both: 8 })
    expect(peak.other).toBeGreaterThanOrEqual(6)
    expect((await scene.backend.records?.counts())?.filter(({ count: n }) => n > 0)).toMatchObject([
      { state: 'succeeded', count: 100 },
      { state: 'succeeded', count: 100 },
    ])
  })

  test('a job of a queue whose slots are taken starts when one is free', async () => {
    const go = gate()
    const order: string[] = []
    const works = task('works', {
      run: async (name: string) => {
        order.push(name)
        if (name === 'first') await go.opened
      },
    })
    const scene = new Scene({ tasks: [works] })
    await scene.enqueueMany([
      newJob('works', 'first', { queue: 'one' }),
      newJob('works', 'second', { queue: 'one' }),
      newJob('works', 'free', { queue: 'two' }),
    ])
    const worker = scene.worker({ slots: 4, queues: { one: { slots: 1 }, two: 1 } })
    const free = scene.next('job:succeeded')
    await worker.start()
    await free
    expect(order).toEqual(['first', 'free'])
    go.open()
    await worker.idle()
    expect(order).toEqual(['first', 'free', 'second'])
  })

  test('by default serves the queues its tasks name, none starving another', async () => {
    const ran: string[] = []
    const a = task('a', { queue: 'alpha', run: () => void ran.push('a') })
    const b = task('b', { queue: 'beta', run: () => void ran.push('b') })
    const scene = new Scene({ tasks: [a, b] })
    const jobs = Array.from({ length: 60 }, () => newJob('a', undefined, { queue: 'alpha' }))
    await scene.enqueueMany([...jobs, newJob('b', undefined, { queue: 'beta' })])
    await scene.runAll({ slots: 1, prefetch: 0 })
    expect(ran).toHaveLength(61)
    expect(ran.indexOf('b')).toBeLessThan(10)
  })

  test('a slow handler holds no job hostage', async () => {
    const go = gate()
    const allQuick = gate()
    let ran = 0
    const quick = task('quick', {
      run: async () => {
        ran += 1
        if (ran === 2_050) allQuick.open()
      },
    })
    const slow = task('slow', { run: () => go.opened })
    const scene = new Scene({ tasks: [quick, slow] })
    // A stretch of quick jobs makes the worker claim far ahead; then comes one that takes its slot for long.
    await scene.enqueueMany([
      ...Array.from({ length: 2_000 }, () => newJob('quick')),
      newJob('slow'),
      ...Array.from({ length: 50 }, () => newJob('quick')),
    ])
    const hostage = scene.worker({ id: 'hostage', slots: 1 })
    const stuck = scene.next('job:started', ({ task: name }) => name === 'slow')
    await hostage.start()
    await stuck
    const helper = scene.worker({ id: 'helper' })
    await helper.start()
    await allQuick.opened
    expect(hostage.health().busy).toBe(1)
    go.open()
    await Promise.all([hostage.idle(), helper.idle()])
    expect((await scene.backend.records?.counts())?.filter(({ count: n }) => n > 0)).toMatchObject([
      { state: 'succeeded', count: 2_051 },
    ])
  })

  test('paused queues wait', async () => {
    const scene = new Scene({ tasks: [task('noop', { run: () => undefined })] })
    await scene.backend.limits?.pause(['default'])
    const id = await scene.enqueue('noop')
    const worker = scene.worker()
    await worker.start()
    await worker.idle()
    expect(await scene.get(id)).toMatchObject({ state: 'pending' })
    const done = scene.next('job:succeeded')
    await scene.backend.limits?.resume(['default'])
    await scene.enqueue('noop')
    await done
    await worker.idle()
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded' })
  })
})

describe('waking', () => {
  test('a job that becomes due is run without a wake', async () => {
    const scene = new Scene({ tasks: [task('noop', { run: () => undefined })] })
    const worker = scene.worker({ poll: '1h' })
    await worker.start()
    await worker.idle()
    const done = scene.next('job:succeeded')
    await scene.enqueue('noop', undefined, { delayMs: 30 })
    await done
  })

  test('a missed wake is made up for by the poll', async () => {
    const scene = new Scene({
      tasks: [task('noop', { run: () => undefined })],
      wrap: (backend) => ({ ...backend, subscribe: async () => () => undefined }),
    })
    const worker = scene.worker({ poll: 20 })
    await worker.start()
    await worker.idle()
    const done = scene.next('job:succeeded')
    await scene.enqueue('noop')
    await done
  })

  test('an idle worker starts a job within a few turns of the event loop', async () => {
    const scene = new Scene({ tasks: [task('noop', { run: () => undefined })] })
    const worker = scene.worker({ poll: '1h' })
    await worker.start()
    await worker.idle()
    let started = false
    scene.context.events.on('job:started', () => {
      started = true
    })
    await scene.enqueue('noop')
    let turns = 0
    while (!started) {
      await new Promise((resolve) => setImmediate(resolve))
      turns += 1
    }
    expect(turns).toBeLessThanOrEqual(4)
  })

  test('a flood of synchronous handlers leaves room for timers', async () => {
    let ticks = 0
    const spins = task('spins', {
      run: () => {
        const until = performance.now() + 0.2
        while (performance.now() < until);
      },
    })
    const scene = new Scene({ tasks: [spins] })
    await scene.enqueueMany(Array.from({ length: 2_000 }, () => newJob('spins')))
    const worker = scene.worker({ slots: 100 })
    const ticker = setInterval(() => {
      ticks += 1
    }, 5)
    await worker.start()
    await worker.idle()
    clearInterval(ticker)
    // 400 ms of work in slices of 10 ms: without slices there would be hardly any tick.
    expect(ticks).toBeGreaterThan(10)
  })
})
