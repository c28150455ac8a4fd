import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { RetryRule } from '../../src/contract/index.ts'
import { backoffMs } from '../../src/kit/backoff-loop.ts'
import { ManualClock, systemClock } from '../../src/kit/clock.ts'
import { DEFAULT_ATTEMPTS, DEFAULT_RETRY, nextDelay } from '../../src/kit/retry-rule.ts'
import { sleep } from '../../src/kit/sleep.ts'

const rule = (change: Partial<RetryRule>): RetryRule => ({ ...DEFAULT_RETRY, jitter: false, ...change })
const delays = (of: RetryRule) => [1, 2, 3, 4, 5].map((attempt) => nextDelay(of, attempt))

describe('nextDelay', () => {
  test('grows as the rule says, up to its limit', () => {
    expect(delays(rule({ backoff: 'fixed' }))).toEqual([5000, 5000, 5000, 5000, 5000])
    expect(delays(rule({ backoff: 'linear', maxDelayMs: 18_000 }))).toEqual([
      5000, 10_000, 15_000, 18_000, 18_000,
    ])
    expect(delays(rule({ maxDelayMs: 30_000 }))).toEqual([5000, 10_000, 20_000, 30_000, 30_000])
    expect(delays(rule({ delayMs: 0 }))).toEqual([0, 0, 0, 0, 0])
  })

  test('is any time up to that with full jitter', () => {
    const jittered = rule({ jitter: true })
    expect(nextDelay(jittered, 3, () => 0)).toBe(0)
    expect(nextDelay(jittered, 3, () => 0.5)).toBe(10_000)
    expect(nextDelay(jittered, 3, () => 1 - Number.EPSILON)).toBe(20_000)
  })

  test('overflows nothing', () => {
    const rules = fc.record({
      backoff: fc.constantFrom('fixed' as const, 'linear' as const, 'exponential' as const),
      delayMs: fc.nat(2 ** 31 - 1),
      maxDelayMs: fc.nat(2 ** 31 - 1),
      jitter: fc.boolean(),
    })
    const attempts = fc.oneof(
      fc.integer({ min: 0, max: 100 }),
      fc.constantFrom(1100, 1e9, Number.MAX_SAFE_INTEGER),
    )
    fc.assert(
      fc.property(rules, attempts, (one, attempt) => {
        const delay = nextDelay(one, attempt)
        expect(Number.isSafeInteger(delay)).toBe(true)
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThanOrEqual(one.maxDelayMs)
      }),
    )
  })

  test('has the documented defaults', () => {
    expect(DEFAULT_RETRY).toEqual({
      backoff: 'exponential',
      delayMs: 5000,
      maxDelayMs: 600_000,
      jitter: true,
    })
    expect(DEFAULT_ATTEMPTS).toBe(5)
  })
})

test('backoffMs doubles up to its limit and is never near 0', () => {
  const least = (failures: number) => backoffMs(failures, { random: () => 0 })
  const most = (failures: number) => backoffMs(failures, { random: () => 1 })
  expect([1, 2, 3].map(least)).toEqual([50, 100, 200])
  expect([0, 1, 2, 3].map(most)).toEqual([100, 100, 200, 400])
  expect([least(1e9), most(1e9)]).toEqual([15_000, 30_000])
  expect(backoffMs(9, { baseMs: 10, maxMs: 20, random: () => 1 })).toBe(20)
})

test('clocks', () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000)
  expect(systemClock.monotonic()).toBeLessThanOrEqual(systemClock.monotonic())
  const clock = new ManualClock(1000)
  clock.advance(50)
  expect([clock.now(), clock.monotonic()]).toEqual([1050, 50])
  clock.set(7)
  expect([clock.now(), clock.monotonic()]).toEqual([7, 50])
  expect(new ManualClock().now()).toBe(Date.UTC(2025, 0, 1))
})

describe('sleep', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  function isDone(promise: Promise<void>): Promise<boolean> {
    return Promise.race([promise.then(() => true), vi.advanceTimersByTimeAsync(0).then(() => false)])
  }

  test('ends after its time', async () => {
    const slept = sleep(1000)
    await vi.advanceTimersByTimeAsync(999)
    expect(await isDone(slept)).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(await isDone(slept)).toBe(true)
  })

  test('ends at an abort, and leaves nothing behind', async () => {
    const controller = new AbortController()
    const remove = vi.spyOn(controller.signal, 'removeEventListener')
    const slept = sleep(1000, controller.signal)
    controller.abort()
    await slept
    expect(vi.getTimerCount()).toBe(0)
    expect(remove).toHaveBeenCalledOnce()
    await sleep(1000, controller.signal)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('can be longer than a timer', async () => {
    const slept = sleep(2 ** 31 + 5000)
    await vi.advanceTimersByTimeAsync(2 ** 31 - 1)
    expect(await isDone(slept)).toBe(false)
    await vi.advanceTimersByTimeAsync(5001)
    expect(await isDone(slept)).toBe(true)
  })
})
