import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { memory } from '../../../src/backends/memory/index.ts'
import type { Backend, WorkerInfo } from '../../../src/contract/index.ts'
import { TimerHeart, timerHeart } from '../../../src/engine/heart.ts'
import type { Heart, HeartFactory, HeartOptions } from '../../../src/engine/ports.ts'

/** The built files, as Node runs them: a thread is started from a file of its own. */
const dist = new URL('../../../dist/', import.meta.url)

const info: WorkerInfo = {
  ...{ id: 'w', host: 'h', pid: process.pid, startedAt: 1, queues: ['default'], slots: 5, busy: 3 },
  ...{ version: '1.0.0', memoryBytes: 1, quiet: false },
}

/** A heart, and a way to wait for what it tells. */
function makeHeart(make: HeartFactory, backend: Backend, options: Partial<HeartOptions> = {}) {
  const told: string[] = []
  let look: () => void = () => undefined
  const tell = (what: string) => () => {
    told.push(what)
    look()
  }
  const heart: Heart = make({
    ...{ backend, leaseMs: 600, everyMs: 20, describe: () => info },
    ...{ onLeaseLost: tell('lease lost'), onError: tell('error'), onRecovered: tell('recovered') },
    ...options,
  })
  onTestFinished(() => heart.stop())
  const hears = (what: string): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (told.includes(what)) resolve()
      }
      look()
    })
  return { heart, told, hears }
}

/** A store that notes its heartbeats, and can fail. */
function beating(backend: Backend) {
  const state = { beats: 0, down: false, onBeat: () => undefined as unknown }
  const store: Backend = {
    ...backend,
    heartbeat: async (worker, leaseMs) => {
      state.beats += 1
      state.onBeat()
      if (state.down) throw new Error('down')
      return backend.heartbeat(worker, leaseMs)
    },
  }
  const beats = (count: number): Promise<void> =>
    new Promise((resolve) => {
      state.onBeat = () => {
        if (state.beats >= count) resolve()
      }
      state.onBeat()
    })
  return { state, store, beats }
}

describe('a heart that beats by a timer', () => {
  test('registers the worker, goes on by itself, and stops', async () => {
    const { state, store, beats } = beating(memory())
    const { heart, told } = makeHeart(timerHeart, store)
    await heart.start()
    expect(await store.control?.workers()).toMatchObject([{ id: 'w', busy: 3 }])
    await beats(4)
    await heart.stop()
    const { beats: last } = state
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(state.beats).toBe(last)
    expect(told).toEqual([])
  })

  test('a failed start leaves nothing behind and can be made again', async () => {
    const { state, store } = beating(memory())
    const { heart } = makeHeart(timerHeart, store)
    state.down = true
    await expect(heart.start()).rejects.toThrow('down')
    state.down = false
    await heart.start()
  })

  test('tells of failures, of the recovery, and of a lease that had run out', async () => {
    const { state, store } = beating(memory())
    const { heart, told, hears } = makeHeart(timerHeart, store, { leaseMs: 30 })
    await heart.start()
    state.down = true
    await hears('error')
    await new Promise((resolve) => setTimeout(resolve, 40))
    state.down = false
    await hears('lease lost')
    expect(told).toContain('recovered')
  })

  test('one that takes over goes on although its first beat fails, and tells when it succeeds', async () => {
    const { state, store } = beating(memory())
    const { heart, told, hears } = makeHeart((options) => new TimerHeart(options), store)
    state.down = true
    if (heart instanceof TimerHeart) heart.keepBeating()
    await hears('error')
    state.down = false
    await hears('recovered')
    expect(await store.control?.workers()).toHaveLength(1)
    expect(told).not.toContain('lease lost')
  })
})

describe('a heart on a thread of its own', () => {
  async function onThread(options: Partial<HeartOptions> = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-heart-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const { threadHeart } = (await import(new URL('app/heart-thread.js', dist).href)) as {
      threadHeart: HeartFactory
    }
    const { loadBackend } = (await import(new URL('app/load-backend.js', dist).href)) as {
      loadBackend: (url: string) => Promise<Backend>
    }
    const backend = await loadBackend(`sqlite:${join(folder, 'jobs.db')}`)
    onTestFinished(() => backend.close())
    return { backend, threadHeart, ...makeHeart(threadHeart, backend, options) }
  }

  test('keeps the lease while this thread is blocked for many lease times, from the first moment on', async () => {
    const { backend, heart, told } = await onThread({ leaseMs: 600, everyMs: 200 })
    await heart.start()
    block(2_000)
    // Asked of the store before any beat of this thread could have renewed it.
    expect(await backend.heartbeat(info, 600)).toBe(true)
    expect(told).not.toContain('lease lost')
  })

  test('says of the worker what is true now', async () => {
    let busy = 1
    const { backend, heart } = await onThread({ describe: () => ({ ...info, busy, quiet: busy === 2 }) })
    await heart.start()
    busy = 2
    for (;;) {
      const [record] = (await backend.control?.workers()) ?? []
      if (record?.busy === 2 && record.quiet && record.memoryBytes > 1_000_000) break
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  })

  test('does not keep a process alive', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-heart-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const parts = ['app/heart-thread.js', 'app/load-backend.js'].map((path) => new URL(path, dist).href)
    const script = `
      const { threadHeart } = await import(${JSON.stringify(parts[0])})
      const { loadBackend } = await import(${JSON.stringify(parts[1])})
      const backend = await loadBackend(${JSON.stringify(`sqlite:${join(folder, 'jobs.db')}`)})
      const nothing = () => undefined
      const heart = threadHeart({
        backend, leaseMs: 600, everyMs: 20, describe: () => (${JSON.stringify(info)}),
        onLeaseLost: nothing, onError: nothing, onRecovered: nothing,
      })
      await heart.start()
      await backend.close()`
    const args = ['--input-type=module', '--eval', script]
    const { status } = spawnSync(process.execPath, args, { timeout: 15_000, stdio: 'inherit' })
    expect(status).toBe(0)
  })

  test('sends nothing any more once it has stopped, so that a retired worker stays so', async () => {
    const { backend, heart } = await onThread()
    await heart.start()
    await new Promise((resolve) => setTimeout(resolve, 100))
    await heart.stop()
    await backend.retire('w')
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await backend.control?.workers()).toEqual([])
  })

  test('is replaced, and stood in for, when its thread dies', async () => {
    const { backend, threadHeart } = await onThread()
    // The thread cannot open this store: it dies of it, again and again.
    const { heart, told, hears } = makeHeart(threadHeart, { ...backend, url: 'sqlite://a-host/is-no-file' })
    await heart.start()
    await hears('error')
    await hears('recovered')
    expect(await backend.control?.workers()).toHaveLength(1)
    expect(told).not.toContain('lease lost')
  })
})

function block(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}
