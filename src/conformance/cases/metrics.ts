/**
 * Metrics: totals that only grow, and how long queues have kept somebody waiting.
 * @module
 */
import { equal, near } from '../expect.ts'
import { type Scene, type Script, topic } from '../scene.ts'

function about(title: string, play: (scene: Scene) => Promise<void>): Script {
  return { title, facets: ['metrics', 'records'], play }
}

const NONE = { succeeded: 0, failed: 0, cancelled: 0 }

async function finishedOf(scene: Scene, queue: string): Promise<unknown> {
  return (await scene.facet('metrics').queues()).find((one) => one.queue === queue)?.finished
}

export const metricCases = topic('metrics', {
  totals: about('ends are counted by queue, and stay counted when their jobs are gone', async (scene) => {
    equal(await scene.facet('metrics').queues(), [], 'of an empty store')
    await scene.backend.enqueue([...scene.jobs(3), scene.job({ queue: 'b' })])
    equal(await finishedOf(scene, 'default'), NONE, 'before any end')
    const worker = await scene.worker()
    const first = await worker.claimOne()
    const second = await worker.claimOne()
    const third = await worker.claimOne()
    await worker.settle([first, second], { kind: 'succeed', result: null })
    const error = { name: 'Error', message: 'no', stack: null, code: null, cause: null }
    await worker.settle([third], { kind: 'fail', error, reason: 'discarded', counts: true })
    await scene.facet('records').delete([first.id])
    equal(await finishedOf(scene, 'default'), { succeeded: 2, failed: 1, cancelled: 0 }, 'after three ends')
    equal(await finishedOf(scene, 'b'), NONE, 'of the other queue')
    await scene.facet('records').requeue([third.id])
    await scene.facet('records').cancel([third.id], 'requested')
    equal(await finishedOf(scene, 'default'), { succeeded: 2, failed: 1, cancelled: 1 }, 'after a second end')
  }),
  'oldest-due': about('the longest wait is that of the earliest due time, of any priority', async (scene) => {
    const oldest = async (queue = 'default'): Promise<number | null | undefined> =>
      (await scene.facet('metrics').queues()).find((one) => one.queue === queue)?.oldestDueAt
    const start = await scene.now()
    await scene.enqueue({ delayMs: 5 * scene.unit })
    equal(await oldest(), null, 'while nothing is due')
    await scene.enqueue({ priority: -3, dueAt: start - 7 * scene.unit })
    await scene.enqueue({ priority: 9 })
    await scene.enqueue({ queue: 'b', priority: 1 })
    equal(await oldest(), start - 7 * scene.unit, 'with three waiting')
    near((await oldest('b')) ?? 0, start, scene.unit, 'of the other queue')
    await (await scene.worker()).claim()
    equal(await oldest(), null, 'when all that was due is claimed')
  }),
})
