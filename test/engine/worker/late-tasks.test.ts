import { expect, test } from 'vitest'
import { task } from '../../../src/engine/task.ts'
import { newJob, Scene } from './scene.ts'

const inBatches = task('in-batches', {
  batchWait: 0,
  runMany: async (items) => items.map(() => ({ ok: true, output: 1 })),
})

test.each([
  ['', []],
  [' beside a task with runMany', [inBatches]],
])('a job of a task that turns out not to work here is parked, and the others run%s', async (_, more) => {
  const fine = task('fine', { run: () => undefined })
  const late = task('late', { isolate: 'thread', run: () => undefined })
  const scene = new Scene({ tasks: [fine, ...more] }).watch('internal:error')
  const worker = scene.worker()
  await worker.start()
  await worker.idle()
  // The scene has no isolation: its plan cannot be made.
  scene.context.registry.add(late)
  const [first, parked, last] = (await scene.enqueueMany([
    newJob('fine'),
    newJob('late'),
    newJob('fine'),
  ])) as [string, string, string]
  await worker.idle()
  for (const id of [first, last]) expect(await scene.get(id)).toMatchObject({ state: 'succeeded' })
  expect(await scene.get(parked)).toMatchObject({
    ...{ state: 'failed', reason: 'unknown-task', attempt: 0 },
    error: { message: 'no isolation here' },
  })
  expect(scene.events('internal:error')).toMatchObject([{ during: "start of a job of task 'late'" }])
  expect(worker.health()).toMatchObject({ busy: 0 })
})
