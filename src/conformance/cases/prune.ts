/**
 * Pruning: finished jobs do not pile up.
 * @module
 */
import type { RetentionRule } from '../../contract/index.ts'
import { equal, ok } from '../expect.ts'
import { type Scene, topic } from '../scene.ts'
import { oneOfEachState } from './changes.ts'
import { BOOM } from './settle.ts'

/** Stores jobs and makes them succeed one after the other, a tenth of a unit apart. */
async function finish(scene: Scene, ids: readonly string[]): Promise<void> {
  const worker = await scene.worker('finisher')
  for (const id of ids) {
    await scene.add({ id })
    await worker.settle([await worker.claimOne()], { kind: 'succeed', result: null })
    await scene.pass(0.1)
  }
}

async function left(scene: Scene): Promise<string[]> {
  return (await scene.list({}, { limit: 1_000, after: null, order: 'oldest' })).jobs.map((job) => job.id)
}

const rule = (rest: Partial<RetentionRule>): RetentionRule => ({
  state: 'succeeded',
  maxAgeMs: null,
  maxCount: null,
  ...rest,
})

export const pruneCases = topic('prune', {
  age: {
    title: 'jobs that finished longer ago than the age are deleted',
    facets: ['records'],
    async play(scene) {
      await finish(scene, ['a', 'b'])
      await scene.pass(1)
      await finish(scene, ['c'])
      equal(await scene.facet('records').prune([rule({ maxAgeMs: 50 * scene.unit })], 100), 0, 'too young')
      equal(await scene.facet('records').prune([rule({ maxAgeMs: 0.8 * scene.unit })], 100), 2, 'pruned')
      equal(await left(scene), ['c'], 'left')
    },
  },
  count: {
    title: 'beyond the count the earliest finished are deleted',
    facets: ['records'],
    async play(scene) {
      await finish(scene, ['a', 'b', 'c', 'd', 'e'])
      equal(await scene.facet('records').prune([rule({ maxCount: 5 })], 100), 0, 'not too many')
      equal(await scene.facet('records').prune([rule({ maxCount: 2 })], 100), 3, 'pruned')
      equal(await left(scene), ['d', 'e'], 'left')
      equal(await scene.facet('records').prune([rule({ maxCount: 0 })], 100), 2, 'count 0')
      equal(await left(scene), [], 'nothing left')
    },
  },
  'by-end-not-start': {
    title: 'the latest finished are kept, in whatever order they were stored',
    facets: ['records'],
    async play(scene) {
      await scene.backend.enqueue(['a', 'b', 'c'].map((id) => scene.job({ id })))
      const worker = await scene.worker()
      const jobs = await worker.claim()
      for (const job of [...jobs].reverse()) {
        await worker.settle([job], { kind: 'succeed', result: null })
        await scene.pass(0.1)
      }
      await scene.facet('records').prune([rule({ maxCount: 1 })], 100)
      equal(await left(scene), ['a'], 'left')
    },
  },
  'several-rules': {
    title: 'each state has its own rule, both limits of a rule hold, and no rule means forever',
    facets: ['records'],
    async play(scene) {
      await oneOfEachState(scene)
      await scene.pass(1)
      const rules = [
        rule({ maxAgeMs: 0, maxCount: 100 }),
        rule({ state: 'failed', maxAgeMs: 99 * scene.unit, maxCount: 0 }),
      ]
      equal(await scene.facet('records').prune(rules, 100), 2, 'pruned')
      const expected = ['active', 'blocked', 'cancelled', 'pending', 'retrying', 'scheduled']
      equal((await left(scene)).sort(), expected, 'left')
      equal(await scene.facet('records').prune([], 100), 0, 'no rules')
      equal(
        await scene.facet('records').prune([rule({ state: 'cancelled' })], 100),
        0,
        'a rule without limits',
      )
    },
  },
  'in-slices': {
    title: 'one call deletes about as many as it may, and calls in a row delete all',
    facets: ['records'],
    async play(scene) {
      await scene.backend.enqueue(scene.jobs(500))
      const worker = await scene.worker()
      await worker.settle(await worker.claim({ limit: 500 }), { kind: 'succeed', result: null })
      await scene.pass(1)
      const slice = () => scene.facet('records').prune([rule({ maxCount: 10 })], 100)
      const first = await slice()
      ok(first >= 1 && first <= 200, `about 100 were pruned, not ${first}`)
      let all = first
      for (let more = await slice(); more > 0; more = await slice()) all += more
      equal(all, 490, 'pruned in all')
      equal((await left(scene)).length, 10, 'left')
    },
  },
  'with-all-it-has': {
    title: 'what is kept with a job goes with it, and its id is free again',
    facets: ['records'],
    async play(scene) {
      await scene.add({ id: 'a', tags: ['x'] })
      const worker = await scene.worker()
      const job = await worker.claimOne()
      const line = { at: 1, level: 'info', message: 'x', fields: null, attempt: 1 } as const
      await scene.facet('records').note([{ id: 'a', token: job.token, progress: null, lines: [line] }])
      await scene.backend.checkpoints?.begin(job, 'step')
      await worker.settle([job], { kind: 'fail', reason: 'exhausted', error: BOOM, counts: true })
      await scene.pass(1)
      equal(await scene.facet('records').prune([rule({ state: 'failed', maxCount: 0 })], 10), 1, 'pruned')
      equal((await scene.enqueue({ id: 'a' })).outcome, 'created', 'enqueued again')
      equal(await scene.facet('records').attempts('a'), [], 'attempts')
      equal(await scene.facet('records').logs('a', 10), [], 'logs')
      equal((await scene.read('a')).tags, [], 'tags')
      const again = await worker.claimOne()
      if (scene.backend.checkpoints)
        equal(await scene.backend.checkpoints.begin(again, 'step'), null, 'checkpoint')
    },
  },
})
