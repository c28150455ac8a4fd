import { expect, test } from 'vitest'
import type { Backend } from '../../../src/contract/index.ts'
import { task } from '../../../src/engine/task.ts'
import { ManualClock } from '../../../src/kit/clock.ts'
import { Scene } from './scene.ts'

test('a lease is asked for in whole milliseconds, whatever the option', async () => {
  const asked: number[] = []
  const wrap = (backend: Backend): Backend => ({
    ...backend,
    heartbeat: (worker, leaseMs) => {
      asked.push(leaseMs)
      return backend.heartbeat(worker, leaseMs)
    },
  })
  const every: number[] = []
  const scene = new Scene({ wrap })
  const { makeHeart } = scene.context
  const context = {
    makeHeart: (options: Parameters<typeof makeHeart>[0]) => {
      every.push(options.everyMs)
      return makeHeart(options)
    },
  }
  const worker = new Scene({ wrap, context }).worker({ lease: 1_234, queues: ['default'] })
  await worker.start()
  await worker.stop()
  expect(asked).toEqual([740])
  expect(every).toEqual([246])
})

test('after a pause longer than the lease, nothing is started that is another worker’s by now', async () => {
  const clock = new ManualClock()
  const ran: number[] = []
  const batch = task('batch', {
    batchWait: 60,
    runMany: async (items) =>
      items.map(({ job }) => {
        ran.push(job.attempt)
        return { ok: true, output: null }
      }),
  })
  // The worker hears of nothing by itself: as it comes back, the batch that waited is the first thing it meets.
  const wrap = (backend: Backend): Backend => ({ ...backend, subscribe: async () => () => undefined })
  const scene = new Scene({ tasks: [batch], clock, wrap })
  const id = await scene.enqueue('batch')
  const worker = scene.worker({ lease: '1h', poll: '5h', maintenance: false })
  await worker.start()
  while ((await scene.get(id)).state !== 'active') await new Promise((resolve) => setImmediate(resolve))
  clock.advance(2 * 60 * 60 * 1_000)
  await scene.backend.rescue({ quarantineAfter: 3 })
  await scene.next('job:succeeded')
  expect(ran).toEqual([2])
  expect(await scene.get(id)).toMatchObject({ state: 'succeeded', attempt: 2, lost: 1 })
})
