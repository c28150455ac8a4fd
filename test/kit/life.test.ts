import { describe, expect, test, vi } from 'vitest'
import { NotRunningError } from '../../src/contract/index.ts'
import { Life } from '../../src/kit/life.ts'

function gate() {
  let open!: () => void
  let fail!: (error: Error) => void
  const passed = new Promise<void>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { passed, open, fail }
}

describe('life', () => {
  test('starts once, stops once, and joins', async () => {
    const life = new Life()
    const [start, stop] = [vi.fn(), vi.fn()]
    expect(life.state).toBe('idle')
    const starting = [life.start(start), life.start(start)]
    expect(life.state).toBe('starting')
    await Promise.all(starting)
    expect(life.state).toBe('running')
    await life.start(start)
    const stopping = [life.stop(stop), life.stop(stop)]
    expect(life.state).toBe('stopping')
    await Promise.all(stopping)
    await life.stop(stop)
    expect(life.state).toBe('stopped')
    expect(start).toHaveBeenCalledOnce()
    expect(stop).toHaveBeenCalledOnce()
  })

  test('takes a stop before the start for nothing', async () => {
    const life = new Life()
    const stop = vi.fn()
    await life.stop(stop)
    expect(life.state).toBe('idle')
    await life.start(vi.fn())
    expect(life.state).toBe('running')
    expect(stop).not.toHaveBeenCalled()
  })

  test('does not start again', async () => {
    const life = new Life('The worker')
    await life.start(vi.fn())
    await life.stop(vi.fn())
    await expect(life.start(vi.fn())).rejects.toThrow(NotRunningError)
    await expect(life.start(vi.fn())).rejects.toThrow(/^The worker was stopped/)
  })

  test('stops after the start that is under way, which it asks to hurry', async () => {
    const life = new Life()
    const order: string[] = []
    const { passed, open } = gate()
    const started = life.start(async (signal) => {
      signal.addEventListener('abort', () => order.push('asked'))
      await passed
      order.push('started')
    })
    await Promise.resolve()
    const stopped = life.stop(() => {
      order.push('stopped')
    })
    expect(life.state).toBe('stopping')
    open()
    await started
    await stopped
    expect(order).toEqual(['asked', 'started', 'stopped'])
    expect(life.state).toBe('stopped')
  })

  test('may start again after a start that failed', async () => {
    const life = new Life()
    await expect(life.start(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(life.state).toBe('idle')
    await life.start(vi.fn())
    expect(life.state).toBe('running')
  })

  test('has nothing to stop where the start gave up for it', async () => {
    const life = new Life()
    const stop = vi.fn()
    const started = life.start(
      (signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('gave up')))),
    )
    await Promise.resolve()
    const [outcome] = await Promise.allSettled([started, life.stop(stop)])
    expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'gave up' } })
    expect(stop).not.toHaveBeenCalled()
    expect(life.state).toBe('stopped')
  })

  test('is stopped where stopping failed, and tells everybody', async () => {
    const life = new Life()
    await life.start(vi.fn())
    await expect(life.stop(() => Promise.reject(new Error('stuck')))).rejects.toThrow('stuck')
    await expect(life.stop(vi.fn())).rejects.toThrow('stuck')
    expect(life.state).toBe('stopped')
  })

  test('joins a start called from within the start', async () => {
    const life = new Life()
    let inner: Promise<void> | undefined
    const outer = life.start(() => {
      inner = life.start(vi.fn())
    })
    await outer
    expect(inner).toBe(outer)
  })
})
