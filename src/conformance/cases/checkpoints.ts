/**
 * Checkpoints: what a handler has done is remembered across its attempts.
 * @module
 */
import { equal, matches, rejects } from '../expect.ts'
import { type Scene, type Script, topic } from '../scene.ts'
import { BOOM } from './settle.ts'

function about(title: string, play: (scene: Scene) => Promise<void>): Script {
  return { title, facets: ['checkpoints'], play }
}

export const checkpointCases = topic('checkpoint', {
  begin: about('a piece is begun once and is known as started from then on', async (scene) => {
    await scene.add()
    const job = await (await scene.worker()).claimOne()
    const checkpoints = scene.facet('checkpoints')
    equal(await checkpoints.begin(job, 'charge'), null, 'first')
    equal(await checkpoints.begin(job, 'charge'), { key: 'charge', status: 'started', value: null }, 'second')
    equal(await checkpoints.begin(job, 'other'), null, 'another key')
  }),
  complete: about('a finished piece is known with its value, null included', async (scene) => {
    await scene.add()
    const job = await (await scene.worker()).claimOne()
    const checkpoints = scene.facet('checkpoints')
    for (const [key, value] of [
      ['a', '{"id":1}'],
      ['b', null],
      ['c', ''],
      ['ключ 🧵', '"ü"'],
    ] as const) {
      await checkpoints.begin(job, key)
      await checkpoints.complete(job, key, value)
      equal(await checkpoints.begin(job, key), { key, status: 'done', value }, key)
    }
  }),
  forget: about('a piece that did not happen is forgotten; one that is done stays', async (scene) => {
    await scene.add()
    const job = await (await scene.worker()).claimOne()
    const checkpoints = scene.facet('checkpoints')
    await checkpoints.begin(job, 'a')
    await checkpoints.forget(job, 'a')
    equal(await checkpoints.begin(job, 'a'), null, 'begun again')
    await checkpoints.complete(job, 'a', '1')
    await checkpoints.forget(job, 'a')
    await checkpoints.forget(job, 'never begun')
    matches(await checkpoints.begin(job, 'a'), { status: 'done', value: '1' }, 'done')
  }),
  'next-attempt': about('the next attempt knows what the one before began and finished', async (scene) => {
    await scene.add()
    const worker = await scene.worker()
    const first = await worker.claimOne()
    const checkpoints = scene.facet('checkpoints')
    await checkpoints.begin(first, 'begun')
    await checkpoints.begin(first, 'done')
    await checkpoints.complete(first, 'done', '1')
    await worker.settle([first], { kind: 'retry', delayMs: 0, error: BOOM })
    const second = await worker.claimOne()
    matches(await checkpoints.begin(second, 'begun'), { status: 'started', value: null }, 'begun')
    matches(await checkpoints.begin(second, 'done'), { status: 'done', value: '1' }, 'done')
  }),
  'per-job': about('jobs do not share checkpoints', async (scene) => {
    await scene.backend.enqueue(scene.jobs(2))
    const jobs = await (await scene.worker()).claim()
    for (const job of jobs) equal(await scene.facet('checkpoints').begin(job, 'same'), null, job.id)
  }),
  fenced: about('an attempt that lost its job can neither read nor write', async (scene) => {
    await scene.add({ id: 'a' })
    const zombie = await scene.worker('zombie', 1)
    const old = await zombie.claimOne()
    const checkpoints = scene.facet('checkpoints')
    await checkpoints.begin(old, 'x')
    await scene.pass(1.2)
    await scene.rescue()
    const unknown = { id: 'nobody', queue: 'default', token: 1 }
    const demand = async (when: string) => {
      for (const claim of [old, unknown]) {
        await rejects(() => checkpoints.begin(claim, 'y'), 'lease-lost', `begin ${when}`)
        await rejects(() => checkpoints.complete(claim, 'x', '1'), 'lease-lost', `complete ${when}`)
        await rejects(() => checkpoints.forget(claim, 'x'), 'lease-lost', `forget ${when}`)
      }
    }
    await demand('while pending')
    const worker = await scene.worker('next')
    const job = await worker.claimOne()
    await demand('while another attempt runs')
    matches(await checkpoints.begin(job, 'x'), { status: 'started' }, 'what the first attempt began')
    await worker.settle([job], { kind: 'succeed', result: null })
    await demand('after the end')
    await rejects(() => checkpoints.begin(job, 'z'), 'lease-lost', 'the attempt that ended the job')
  }),
  requeued: {
    title: 'a requeued job still knows what has happened: side effects do not repeat',
    facets: ['checkpoints', 'records'],
    async play(scene) {
      const id = await scene.add()
      const worker = await scene.worker()
      const first = await worker.claimOne()
      await scene.facet('checkpoints').begin(first, 'charge')
      await scene.facet('checkpoints').complete(first, 'charge', '"paid"')
      await worker.settle([first], { kind: 'fail', reason: 'exhausted', error: BOOM, counts: true })
      await scene.facet('records').requeue([id])
      matches(
        await scene.facet('checkpoints').begin(await worker.claimOne(), 'charge'),
        { status: 'done', value: '"paid"' },
        'known',
      )
    },
  },
  deleted: {
    title: 'a deleted job takes its checkpoints along',
    facets: ['checkpoints', 'records'],
    async play(scene) {
      await scene.add({ id: 'a' })
      const worker = await scene.worker()
      const first = await worker.claimOne()
      await scene.facet('checkpoints').begin(first, 'x')
      await worker.settle([first], { kind: 'succeed', result: null })
      await scene.facet('records').delete(['a'])
      await scene.add({ id: 'a' })
      equal(await scene.facet('checkpoints').begin(await worker.claimOne(), 'x'), null, 'checkpoint')
    },
  },
})
