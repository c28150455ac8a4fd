/**
 * Moving jobs between stores: hold here, restore there.
 * @module
 */
import type { JobRecord, JobState, StoredJob } from '../../contract/index.ts'
import { equal, matches, near } from '../expect.ts'
import { Scene, topic } from '../scene.ts'
import { oneOfEachState } from './changes.ts'
import { BOOM } from './settle.ts'
import { deduplicated, UNFINISHED, unique } from './unique-rule.ts'

/** Everything kept with the jobs of a store, oldest first. */
async function carry(scene: Scene): Promise<StoredJob[]> {
  const records = scene.facet('records')
  const { jobs } = await records.list({}, { limit: 1_000, after: null, order: 'oldest' })
  const stored = await records.export(jobs.map((job) => job.id))
  return stored.filter((one) => one !== null).map(inOrder)
}

/** Checkpoints and states come in any order. */
function inOrder({ checkpoints, unique, ...rest }: StoredJob): StoredJob {
  return {
    ...rest,
    checkpoints: checkpoints.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    unique: unique === null ? null : { ...unique, states: unique.states.toSorted() },
  }
}

/** Brings jobs into another store, lets the case look at it, and closes it. */
async function elsewhere(
  scene: Scene,
  jobs: readonly StoredJob[],
  look: (there: Scene) => Promise<void>,
): Promise<void> {
  const there = new Scene(scene.harness, await scene.harness.open())
  try {
    await there.facet('records').restore(jobs)
    await look(there)
  } finally {
    await there.dispose()
  }
}

const BARE = { attempts: [], logs: [], checkpoints: [], unique: null }

/** A stored job as another store would hand it over. */
async function foreign(scene: Scene, job: Partial<JobRecord>): Promise<StoredJob> {
  const id = await scene.add({ id: `seed-${job.id}` })
  const seed = await scene.read(id)
  await scene.facet('records').delete([id])
  return { ...BARE, job: { ...seed, ...job } }
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
      const expected = carried.map((stored) => arrived(stored))
      await elsewhere(scene, carried, async (there) => {
        equal(await carry(there), expected, 'restored store')
        await there.facet('records').restore(carried)
        equal(await carry(there), expected, 'restored twice')
      })
    },
  },
  export: {
    title: 'export answers what get, attempts and logs say of each job, in the order asked for',
    facets: ['records'],
    async play(scene) {
      await oneOfEachState(scene)
      const records = scene.facet('records')
      equal(await records.export([]), [], 'of nothing')
      const ids = ['succeeded', 'nobody', 'active', 'retrying']
      const [jobs, stored] = [await records.get(ids), await records.export(ids)]
      equal(
        stored.map((one) => one?.job ?? null),
        jobs,
        'jobs',
      )
      for (const [at, id] of ids.entries()) {
        equal(stored[at]?.attempts ?? [], await records.attempts(id), `attempts of ${id}`)
        equal(stored[at]?.logs ?? [], await records.logs(id, 1_000), `logs of ${id}`)
      }
    },
  },
  checkpoints: {
    title: 'a moved job remembers what its handler has done',
    facets: ['records', 'checkpoints'],
    async play(scene) {
      await scene.add({ id: 'a', maxAttempts: 9 })
      const worker = await scene.worker()
      const claim = await worker.claimOne()
      const { begin, complete } = scene.facet('checkpoints')
      for (const key of ['sent', 'begun']) await begin(claim, key)
      await complete(claim, 'sent', '"id"')
      await worker.settle([claim], { kind: 'retry', delayMs: 0, error: BOOM })
      const carried = await carry(scene)
      equal(
        carried[0]?.checkpoints,
        [
          { key: 'begun', status: 'started', value: null },
          { key: 'sent', status: 'done', value: '"id"' },
        ],
        'exported',
      )
      await elsewhere(scene, carried, async (there) => {
        equal((await carry(there))[0]?.checkpoints, carried[0]?.checkpoints, 'restored')
        const again = await (await there.worker()).claimOne()
        equal(
          await there.facet('checkpoints').begin(again, 'sent'),
          { key: 'sent', status: 'done', value: '"id"' },
          'begun again',
        )
      })
    },
  },
  key: {
    title: 'a moved job takes its unique key along, with its time and its states',
    facets: ['records', 'unique'],
    async play(scene) {
      const now = await scene.now()
      await scene.add({ id: 'timed', ...unique({ key: 'timed', states: [], forMs: 2 * scene.unit }) })
      await scene.add({ id: 'until-done', ...unique({ key: 'until-done' }) })
      await scene.add({ id: 'released', ...unique({ key: 'released' }) })
      await scene.facet('unique').release(['released'])
      // Waiting is what holds this key, and `blocked` is not: it must come along all the same.
      await scene.add({ id: 'waiting', ...unique({ key: 'waiting', states: ['pending'] }) })
      await scene.facet('records').hold(['waiting'])
      const carried = await carry(scene)
      const [timed, untilDone, released] = carried
      near(timed?.unique?.until ?? 0, now + 2 * scene.unit, scene.tolerance, 'until')
      equal(untilDone?.unique, { key: 'until-done', until: null, states: UNFINISHED.toSorted() }, 'key')
      equal(released?.unique, null, 'a released key')
      await elsewhere(scene, carried, async (there) => {
        const keys = ['timed', 'until-done', 'released', 'waiting']
        equal(await there.facet('unique').holders(keys), ['timed', 'until-done', null, 'waiting'], 'holders')
        equal(
          await there.enqueue({ id: 'b', ...unique({ key: 'until-done' }) }),
          deduplicated('until-done'),
          'enqueued there',
        )
        await there.pass(2.2)
        equal(await there.facet('unique').holders(['timed', 'waiting']), [null, 'waiting'], 'holders later')
      })
    },
  },
  'key-taken': {
    title: 'a unique key that is held already stays with its holder',
    facets: ['records', 'unique'],
    async play(scene) {
      const own = { key: 'key', until: null, states: UNFINISHED }
      const job = await foreign(scene, { id: 'moved', state: 'pending' })
      await scene.add({ id: 'mine', ...unique() })
      await scene.facet('records').restore([{ ...job, unique: own }])
      equal(await scene.facet('unique').holders(['key']), ['mine'], 'holders')
      equal(await scene.states(['moved']), ['pending'], 'the restored job')
      await scene.facet('records').delete(['mine'])
      equal(await scene.facet('unique').holders(['key']), [null], 'holders once it is gone')
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
function arrived({ job, attempts, ...rest }: StoredJob): StoredJob {
  const alive: Partial<Record<JobState, JobState>> = { blocked: 'pending', active: 'pending' }
  const back = job.state === 'active' ? { attempt: job.attempt - 1 } : {}
  const ended = attempts.filter((attempt) => attempt.outcome !== 'running')
  return { ...rest, job: { ...job, state: alive[job.state] ?? job.state, ...back }, attempts: ended }
}
