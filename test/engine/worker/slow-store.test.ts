import { expect, onTestFinished, test, vi } from 'vitest'
import type { Backend } from '../../../src/contract/index.ts'
import { task } from '../../../src/engine/task.ts'
import { ManualClock } from '../../../src/kit/clock.ts'
import { gate, Scene } from './scene.ts'

const noop = task('noop', { run: () => undefined })

test('at a stop the loop does not wait until it would have tried again', async () => {
  // Time stands still, so that only the stop can end the wait.
  const clock = new ManualClock()
  const state = { down: false }
  const wrap = (backend: Backend): Backend => ({
    ...backend,
    exchange: async (request) => {
      if (state.down) throw new Error('away')
      return backend.exchange(request)
    },
  })
  const go = gate()
  const waits = task('waits', { run: () => go.opened })
  const scene = new Scene({ tasks: [waits], clock, wrap })
  const id = await scene.enqueue('waits')
  const worker = scene.worker()
  const started = scene.next('job:started')
  await worker.start()
  await started
  state.down = true
  const failing = scene.next('backend:error', ({ during }) => during === 'exchange')
  // A few ms for outcomes to gather pass by hand.
  go.open()
  const ticking = setInterval(() => clock.advance(1), 1)
  await failing
  clearInterval(ticking)
  state.down = false
  await worker.stop()
  expect(await scene.get(id)).toMatchObject({ state: 'succeeded' })
})

test('outcomes that the store takes at the very last moment are not said to be lost', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const settling = gate()
  const answer = gate()
  const wrap = (backend: Backend): Backend => ({
    ...backend,
    exchange: async (request) => {
      if (request.settle.length > 0) {
        settling.open()
        await answer.opened
      }
      return backend.exchange(request)
    },
  })
  const scene = new Scene({ tasks: [noop], wrap }).watch('internal:error')
  const id = await scene.enqueue('noop')
  const worker = scene.worker()
  const starting = worker.start()
  await vi.advanceTimersByTimeAsync(10)
  await starting
  await settling.opened
  const stopping = worker.stop({ grace: 0 })
  await vi.advanceTimersByTimeAsync(6_000)
  answer.open()
  await vi.advanceTimersByTimeAsync(100)
  await stopping
  expect(await scene.get(id)).toMatchObject({ state: 'succeeded' })
  expect(scene.events('internal:error')).toEqual([])
})

test('a store that does not answer at all makes the worker unhealthy', async () => {
  const clock = new ManualClock()
  const answer = gate()
  const asked = gate()
  const wrap = (backend: Backend): Backend => ({
    ...backend,
    exchange: async (request) => {
      asked.open()
      await answer.opened
      return backend.exchange(request)
    },
  })
  const scene = new Scene({ tasks: [noop], clock, wrap })
  const worker = scene.worker({ poll: '5s', maintenance: false })
  await worker.start()
  await asked.opened
  expect(worker.health()).toMatchObject({ healthy: true })
  clock.advance(10_001)
  expect(worker.health()).toMatchObject({ healthy: false, lastError: null })
  answer.open()
  await worker.idle()
  expect(worker.health()).toMatchObject({ healthy: true })
})
