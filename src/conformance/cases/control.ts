/**
 * Control: the register of workers and commands to them.
 * @module
 */
import { equal, matches, near } from '../expect.ts'
import { type Scene, type Script, topic, workerInfo } from '../scene.ts'

function about(title: string, play: (scene: Scene) => Promise<void>): Script {
  return { title, facets: ['control'], play }
}

export const controlCases = topic('control', {
  workers: about('live workers are listed with what they last said of themselves', async (scene) => {
    const info = workerInfo('w1', {
      queues: ['a', 'b'],
      slots: 7,
      busy: 3,
      pid: 42,
      host: 'häuschen',
      quiet: true,
    })
    await scene.backend.heartbeat(workerInfo('w1'), 9 * scene.unit)
    await scene.backend.heartbeat(info, 5 * scene.unit)
    await scene.worker('w2', 1)
    const now = await scene.now()
    const workers = [...(await scene.facet('control').workers())].sort((a, b) => (a.id < b.id ? -1 : 1))
    equal(
      workers.map((worker) => worker.id),
      ['w1', 'w2'],
      'ids',
    )
    matches(workers[0], info, 'the first worker')
    near(workers[0]?.seenAt ?? null, now, scene.tolerance, 'seenAt')
    near(workers[0]?.leaseUntil ?? null, now + 5 * scene.unit, scene.tolerance, 'leaseUntil')
  }),
  'only-live': about('dead and retired workers are not listed', async (scene) => {
    await scene.worker('dead', 1)
    await scene.worker('retired')
    await scene.worker('alive')
    await scene.backend.retire('retired')
    await scene.pass(1.2)
    equal(
      (await scene.facet('control').workers()).map((worker) => worker.id),
      ['alive'],
      'workers',
    )
  }),
  commands: about('commands are received once and in order, by the worker they are for', async (scene) => {
    await scene.worker('w1')
    await scene.worker('w2')
    const control = scene.facet('control')
    await control.send('w1', { kind: 'quiet' })
    await control.send('w1', { kind: 'cancel', jobId: 'x' })
    await control.send('w2', { kind: 'stop' })
    equal(await control.receive('w1'), [{ kind: 'quiet' }, { kind: 'cancel', jobId: 'x' }], 'w1')
    equal(await control.receive('w1'), [], 'w1 again')
    equal(await control.receive('w2'), [{ kind: 'stop' }], 'w2')
    equal(await control.receive('nobody'), [], 'nobody')
  }),
  'request-cancel': about('a request to cancel reaches the worker that runs the job', async (scene) => {
    await scene.backend.enqueue([
      scene.job({ id: 'run' }),
      scene.job({ id: 'done' }),
      scene.job({ id: 'wait' }),
    ])
    const worker = await scene.worker('w')
    const [, done] = await worker.claim({ limit: 2 })
    await worker.settle(done === undefined ? [] : [done], { kind: 'succeed', result: null })
    const receipts = await scene.facet('control').requestCancel(['wait', 'run', 'done', 'nobody'])
    const outcomes = receipts.map((receipt) => [receipt.id, receipt.outcome])
    const expected = [
      ['wait', 'not-active'],
      ['run', 'requested'],
      ['done', 'not-active'],
      ['nobody', 'not-found'],
    ]
    equal(outcomes, expected, 'receipts')
    equal(await scene.facet('control').receive('w'), [{ kind: 'cancel', jobId: 'run' }], 'commands')
  }),
  retire: about('a retired worker leaves no commands behind', async (scene) => {
    await scene.worker('w')
    await scene.facet('control').send('w', { kind: 'stop' })
    await scene.backend.retire('w')
    await scene.worker('w')
    equal(await scene.facet('control').receive('w'), [], 'commands')
  }),
  'lapsed-lease': about('commands wait for a worker whose lease lapsed, jobs or not', async (scene) => {
    const worker = await scene.worker('w', 1)
    await scene.add()
    await worker.claimOne()
    await scene.facet('control').send('w', { kind: 'quiet' })
    await scene.pass(1.2)
    await scene.rescue()
    await worker.beat(scene.unit)
    equal(await scene.facet('control').receive('w'), [{ kind: 'quiet' }], 'commands')
  }),
})
