import { expect, test } from 'vitest'
import { exchangeRequest } from '../../../src/conformance/request.ts'
import type { Backend, ControlFacet } from '../../../src/contract/index.ts'
import { task } from '../../../src/engine/task.ts'
import { ManualClock } from '../../../src/kit/clock.ts'
import { gate, Scene } from './scene.ts'

test('a job whose attempt ended before the request arrived is cancelled where it waits for the next', async () => {
  const fail = gate()
  const arrive = gate()
  const fails = task('fails', {
    retry: { backoff: 'fixed', delay: '1h' },
    run: async () => {
      await fail.opened
      throw new Error('once more')
    },
  })
  const wrap = (backend: Backend): Backend => {
    const control = backend.control as ControlFacet
    const receive: ControlFacet['receive'] = async (workerId) => {
      await arrive.opened
      return control.receive(workerId)
    }
    return { ...backend, control: { ...control, receive } }
  }
  const scene = new Scene({ tasks: [fails], wrap })
  const id = await scene.enqueue('fails')
  const worker = scene.worker()
  const started = scene.next('job:started')
  await worker.start()
  await started
  expect(await scene.backend.control?.requestCancel([id])).toEqual([{ id, outcome: 'requested' }])
  const retrying = scene.next('job:retrying')
  fail.open()
  await retrying
  arrive.open()
  await stateOf(scene, id, 'cancelled')
  expect(await scene.get(id)).toMatchObject({ reason: 'requested' })
})

test('a request follows the job to the worker that has it now', async () => {
  const clock = new ManualClock()
  const end = gate()
  const lost = gate()
  const deaf = task('deaf', {
    run: async (_: undefined, job) => {
      job.signal.addEventListener('abort', () => lost.open())
      await end.opened
    },
  })
  const scene = new Scene({ tasks: [deaf], clock })
  const id = await scene.enqueue('deaf')
  const worker = scene.worker({ lease: '1s', maintenance: false })
  const started = scene.next('job:started')
  await worker.start()
  await started
  worker.quiet()
  clock.advance(5_000)
  const { backend } = scene
  await backend.rescue({ quarantineAfter: 3 })
  await backend.heartbeat(other, 60_000)
  const claim = { queues: [{ name: 'default', limit: 1 }], limit: 1 }
  expect((await backend.exchange(exchangeRequest({ workerId: 'other', claim }))).claimed).toHaveLength(1)
  await lost.opened
  await backend.control?.send(worker.id, { kind: 'cancel', jobId: id })
  for (;;) {
    const commands = (await backend.control?.receive('other')) ?? []
    if (commands.some((command) => command.kind === 'cancel' && command.jobId === id)) break
    await new Promise((resolve) => setImmediate(resolve))
  }
  end.open()
})

test('where a job came back to the same worker, its present attempt is the one that is cancelled', async () => {
  const clock = new ManualClock()
  const end = gate()
  const aborted: string[] = []
  const deaf = task('deaf', {
    run: async (_: undefined, job) => {
      job.signal.addEventListener(
        'abort',
        () => void aborted.push(`${job.attempt} ${job.signal.reason.name}`),
      )
      await (job.attempt === 1
        ? end.opened
        : new Promise((resolve) => job.signal.addEventListener('abort', resolve)))
    },
  })
  const scene = new Scene({ tasks: [deaf], clock })
  const id = await scene.enqueue('deaf')
  const worker = scene.worker({ lease: '1s', maintenance: false })
  const started = scene.next('job:started')
  const again = scene.next('job:started', ({ attempt }) => attempt === 2)
  await worker.start()
  await started
  clock.advance(5_000)
  await scene.backend.rescue({ quarantineAfter: 3 })
  await again
  await scene.backend.control?.requestCancel([id])
  while (aborted.length < 2) await new Promise((resolve) => setImmediate(resolve))
  end.open()
  await stateOf(scene, id, 'cancelled')
  expect(aborted).toEqual(['1 LeaseLostError', '2 JobResultError'])
})

async function stateOf(scene: Scene, id: string, state: string): Promise<void> {
  while ((await scene.get(id)).state !== state) await new Promise((resolve) => setImmediate(resolve))
}

const other = {
  ...{ id: 'other', host: 'elsewhere', pid: 1, startedAt: 0, queues: ['default'], slots: 1, busy: 0 },
  ...{ version: '0', memoryBytes: 0, quiet: false },
}
