import { describe, expect, test } from 'vitest'
import { task } from '../../src/engine/task.ts'
import { TestClock, testApp } from '../../src/testing/index.ts'
import { flaky } from './tasks.ts'

const HOUR = 3_600_000

describe('the clock', () => {
  test('starts where it is told, and at the system’s time by default', () => {
    expect(new TestClock(5).now()).toBe(5)
    expect(new TestClock(new Date(7)).date()).toEqual(new Date(7))
    expect(new TestClock('2027-01-01T00:00:00Z').now()).toBe(Date.UTC(2027, 0, 1))
    expect(Math.abs(new TestClock().now() - Date.now())).toBeLessThan(5000)
    expect(() => testApp({ start: 'tomorrow' })).toThrow('start must be a Date')
  })

  test('moves by durations and to times', () => {
    const clock = new TestClock(0)
    clock.advance('1h 30m')
    expect(clock.now()).toBe(1.5 * HOUR)
    clock.set('1970-01-01T02:00:00Z')
    expect(clock.now()).toBe(2 * HOUR)
    clock.set(0)
    expect(clock.now()).toBe(0)
    expect(clock.monotonic()).toBeCloseTo(performance.now(), -3)
    expect(() => clock.advance('a bit')).toThrow('advance must be a duration')
    expect(() => clock.set('a day')).toThrow('set must be a Date')
  })

  test('moving it runs nothing', async () => {
    const seen: number[] = []
    const tick = task('tick', { run: () => void seen.push(1) })
    await using app = testApp({ tasks: [tick] })
    await app.enqueue(tick, undefined, { delay: '1h' })
    app.clock.advance('2h')
    expect(seen).toEqual([])
    expect(await app.drain()).toMatchObject({ ran: 1 })
  })
})

describe('advance', () => {
  test('stops at each due time on the way, and ends where it was told', async () => {
    const seen: string[] = []
    const tick = task('tick', {
      run: async (input: { name: string; again?: string }) => {
        seen.push(`${input.name} at ${app.clock.now() / HOUR}`)
        if (input.again !== undefined) await app.enqueue(tick, { name: 'again' }, { delay: input.again })
      },
    })
    await using app = testApp({ tasks: [tick], start: 0 })
    await app.enqueue(tick, { name: 'a', again: '2h' }, { delay: '1h' })
    await app.enqueue(tick, { name: 'b' }, { at: new Date(2 * HOUR) })
    await app.enqueue(tick, { name: 'c' }, { delay: '1d' })
    expect(await app.advance('5h')).toMatchObject({ ran: 3, waiting: 1 })
    expect(seen).toEqual(['a at 1', 'b at 2', 'again at 3'])
    expect(app.clock.now()).toBe(5 * HOUR)
    expect(await app.drain({ withScheduled: true })).toMatchObject({ ran: 1, waiting: 0 })
    expect(app.clock.now()).toBe(24 * HOUR)
  })

  test('runs retries, and tells of those that are left', async () => {
    await using app = testApp({ tasks: [flaky] })
    await app.enqueue(flaky, { until: 3 })
    await expect(app.advance('15m')).rejects.toThrow('attempt 2 of 3, the next one in 10m')
    expect(await app.advance('5m')).toMatchObject({ ran: 1, succeeded: 1 })
  })

  test('a lease outlives any leap, a handler’s own among them', async () => {
    const leap = task('leap', {
      run: (_input: undefined, job) => {
        app.clock.advance('400d')
        return job.signal.aborted
      },
    })
    await using app = testApp({ tasks: [leap] })
    const receipts = await app.enqueueMany(leap, [undefined, undefined])
    expect(await app.drain()).toMatchObject({ ran: 2, succeeded: 2 })
    for (const receipt of receipts) expect(await app.result(receipt)).toBe(false)
  })

  test('a worker of the test’s own lives on, too', async () => {
    const tick = task('tick', { run: () => 'ticked' })
    await using app = testApp({ tasks: [tick] })
    const worker = app.worker({ poll: 20 })
    await worker.start()
    const receipt = await app.enqueue(tick, undefined, { delay: '90d' })
    app.clock.advance('90d')
    expect(await app.result(receipt, { timeout: '2s' })).toBe('ticked')
    expect(worker.health().healthy).toBe(true)
  })
})
