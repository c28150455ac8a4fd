/**
 * Limits: paused queues.
 * @module
 */
import { equal } from '../expect.ts'
import { type Scene, type Script, topic } from '../scene.ts'

function about(title: string, play: (scene: Scene) => Promise<void>): Script {
  return { title, facets: ['limits'], play }
}

export const limitCases = topic('limits', {
  pause: about('nothing is claimed from a paused queue, and everything from the others', async (scene) => {
    await scene.backend.enqueue([
      scene.job({ id: 'a', queue: 'a', priority: 9 }),
      scene.job({ id: 'b', queue: 'b' }),
    ])
    await scene.facet('limits').pause(['a', 'never seen'])
    await scene.add({ id: 'a2', queue: 'a' })
    const worker = await scene.worker()
    equal(
      (await worker.claim({ from: ['a', 'b'] })).map((job) => job.id),
      ['b'],
      'while paused',
    )
    await scene.facet('limits').resume(['a'])
    equal(
      (await worker.claim({ from: ['a', 'b'] })).map((job) => job.id),
      ['a', 'a2'],
      'when resumed',
    )
  }),
  running: about(
    'running jobs of a paused queue go on and settle; what is given back stays',
    async (scene) => {
      await scene.backend.enqueue(scene.jobs(2))
      const worker = await scene.worker()
      const [first, second] = await worker.claim()
      await scene.facet('limits').pause(['default'])
      const settled = await worker.settle(first === undefined ? [] : [first], {
        kind: 'succeed',
        result: null,
      })
      equal(settled, [], 'leaseLost')
      await worker.settle(second === undefined ? [] : [second], { kind: 'release' })
      equal(await worker.claim(), [], 'claimed')
    },
  ),
  paused: about('paused queues are listed once each and sorted', async (scene) => {
    const limits = scene.facet('limits')
    equal(await limits.paused(), [], 'at first')
    await limits.pause(['b', 'a', 'b'])
    await limits.pause(['a', 'B', 'ä'])
    equal(await limits.paused(), ['B', 'a', 'b', 'ä'], 'paused')
    await limits.resume(['a', 'unknown', 'ä'])
    equal(await limits.paused(), ['B', 'b'], 'after resume')
    await limits.pause([])
    await limits.resume([])
    equal(await limits.paused(), ['B', 'b'], 'after nothing')
  }),
  'next-due': about('a paused queue’s next job is nothing to wait for', async (scene) => {
    await scene.add({ delayMs: 2 * scene.unit })
    await scene.facet('limits').pause(['default'])
    const claim = { queues: [{ name: 'default', limit: 1 }], limit: 1 }
    equal((await (await scene.worker()).exchange({ claim })).nextDueInMs, null, 'nextDueInMs')
  }),
  'other-connection': {
    title: 'a pause holds for all connections',
    facets: ['limits'],
    needs: ['reopen'],
    async play(scene) {
      const other = await scene.reopen()
      await scene.add()
      const far = await scene.worker('far', 1_000, other)
      await scene.facet('limits').pause(['default'])
      equal(await far.claim(), [], 'claimed')
      equal(await other.limits?.paused(), ['default'], 'paused')
    },
  },
})
