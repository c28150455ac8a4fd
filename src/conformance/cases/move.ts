/**
 * Moving jobs between stores: hold here, restore there.
 * @module
 */
import type { JobRecord, JobState, StoredJob } from '../../contract/index.ts'
import { equal, matches } from '../expect.ts'
import { Scene, topic } from '../scene.ts'
import { oneOfEachState } from './changes.ts'

/** Everything kept with the jobs of a store, oldest first. */
async function carry(scene: Scene): Promise<StoredJob[]> {
  const records = scene.facet('records')
  const { jobs } = await records.list({}, { limit: 1_000, after: null, order: 'oldest' })
  return Promise.all(
    jobs.map(async (job) => ({
      job,
      attempts: await records.attempts(job.id),
      logs: await records.logs(job.id, 1_000),
    })),
  )
}

/** A stored job as another store would hand it over. */
async function foreign(scene: Scene, job: Partial<JobRecord>): Promise<StoredJob> {
  const id = await scene.add({ id: `seed-${job.id}` })
  const seed = await scene.read(id)
  await scene.facet('records').delete([id])
  return { job: { ...seed, ...job }, attempts: [], logs: [] }
}

export const moveCases = topic('move', {
  hold: {
    title: 'held jobs are kept from workers until they are requeued',
    facets: ['records'],
    async play(scene) {
      await scene.backend.enqueue([scene.job({ id: 'a' }), scene.job({ id: 'b', delayMs: scene.unit })])
      const due = (await scene.read('b')).dueAt
      await scene.facet('records').hold(['a', 'b'])
      await scene.pass(1.2)
      const worker = await scene.worker()
      equal(await worker.claim(), [], 'while held')
      matches(await scene.read('b'), { state: 'blocked', dueAt: due }, 'held job')
      await scene.facet('records').requeue(['a', 'b'])
      equal(
        (await worker.claim()).map((job) => job.id),
        ['a', 'b'],
        'when requeued',
      )
    },
  },
  'whole-store': {
    title: 'jobs of every state arrive whole: records, attempts and logs',
    facets: ['records'],
    async play(scene) {
      await oneOfEachState(scene)
      await scene.add({ id: 'noted', tags: ['x', 'y'], meta: { a: 1 }, queue: 'noted' })
      const { token } = await (await scene.worker('noter')).claimOne(['noted'])
      const line = { at: 5, level: 'warn', message: 'ü', fields: { n: 1 }, attempt: 1 } as const
      await scene
        .facet('records')
        .note([{ id: 'noted', token, progress: { percent: 5, note: 'x' }, lines: [line] }])
      const carried = await carry(scene)
      const there = new Scene(scene.harness, await scene.harness.open())
      try {
        await there.facet('records').restore(carried)
        const expected = carried.map((stored) => arrived(stored))
        equal(await carry(there), expected, 'restored store')
        await there.facet('records').restore(carried)
        equal(await carry(there), expected, 'restored twice')
      } finally {
        await there.dispose()
      }
    },
  },
  'left-alone': {
    title: 'a job that is there already is left alone',
    facets: ['records'],
    async play(scene) {
      const [stored] = [
        await foreign(scene, { id: 'a', payload: '"foreign"', state: 'succeeded', finishedAt: 1 }),
      ]
      await scene.add({ id: 'a', payload: '"mine"' })
      await scene.facet('records').restore([stored])
      matches(await scene.read('a'), { payload: '"mine"', state: 'pending' }, 'job')
      equal(await scene.facet('records').attempts('a'), [], 'attempts')
    },
  },
  'back-to-life': {
    title: 'blocked and active jobs come back to life where they are restored',
    facets: ['records'],
    async play(scene) {
      const now = await scene.now()
      const later = now + 2 * scene.unit
      const active = { state: 'active', attempt: 2, dueAt: now - 3, worker: 'there', startedAt: now } as const
      await scene
        .facet('records')
        .restore([
          await foreign(scene, { id: 'due', state: 'blocked', dueAt: now - 2 }),
          await foreign(scene, { id: 'later', state: 'blocked', dueAt: later }),
          await foreign(scene, { id: 'running', ...active }),
        ])
      matches(await scene.read('due'), { state: 'pending', dueAt: now - 2 }, 'due')
      matches(await scene.read('later'), { state: 'scheduled', dueAt: later }, 'later')
      matches(await scene.read('running'), { state: 'pending', attempt: 1 }, 'running')
      const worker = await scene.worker()
      equal(
        (await worker.claim()).map((job) => [job.id, job.attempt]),
        [
          ['running', 2],
          ['due', 1],
        ],
        'claimed at once',
      )
      await scene.pass(2.2)
      equal(
        (await worker.claim()).map((job) => job.id),
        ['later'],
        'claimed later',
      )
    },
  },
  finished: {
    title: 'restored finished jobs are pruned and requeued like any other',
    facets: ['records'],
    async play(scene) {
      const now = await scene.now()
      const end = (id: string, finishedAt: number) =>
        foreign(scene, {
          id,
          state: 'failed',
          reason: 'exhausted',
          attempt: 5,
          finishedAt,
          startedAt: finishedAt - 1,
        })
      await scene.facet('records').restore([await end('old', now - 1_000_000), await end('new', now)])
      equal(
        await scene.facet('records').prune([{ state: 'failed', maxAgeMs: 900_000, maxCount: null }], 10),
        1,
        'pruned',
      )
      equal(await scene.states(['old', 'new']), [null, 'failed'], 'states')
      await scene.facet('records').requeue(['new'])
      matches(await (await scene.worker()).claimOne(), { id: 'new', attempt: 1 }, 'claimed')
    },
  },
})

/** A job as it looks once restored elsewhere. */
function arrived({ job, attempts, logs }: StoredJob): StoredJob {
  const alive: Partial<Record<JobState, JobState>> = { blocked: 'pending', active: 'pending' }
  const back = job.state === 'active' ? { attempt: job.attempt - 1 } : {}
  const ended = attempts.filter((attempt) => attempt.outcome !== 'running')
  return { job: { ...job, state: alive[job.state] ?? job.state, ...back }, attempts: ended, logs }
}
