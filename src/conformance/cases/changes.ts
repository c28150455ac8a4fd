/**
 * Corrections: what each does to a job in each state, as one table.
 * @module
 */
import type { ChangeReceipt, JobState } from '../../contract/index.ts'
import { canTransition, JOB_STATES, type JobTransition } from '../../contract/index.ts'
import { equal, matches, near, ok } from '../expect.ts'
import { type Scene, type Script, topic } from '../scene.ts'
import { BOOM } from './settle.ts'

/** Brings a new job into each state; its id is the state. */
export async function oneOfEachState(scene: Scene): Promise<void> {
  const records = scene.facet('records')
  const worker = await scene.worker('stage')
  const claim = async (id: string) => {
    await scene.add({ id, queue: id })
    return worker.claimOne([id])
  }
  await scene.add({ id: 'pending', queue: 'pending' })
  await scene.add({ id: 'scheduled', queue: 'scheduled', delayMs: 50 * scene.unit })
  await scene.add({ id: 'blocked', queue: 'blocked' })
  await records.hold(['blocked'])
  await claim('active')
  await worker.settle([await claim('retrying')], { kind: 'retry', delayMs: 50 * scene.unit, error: BOOM })
  await worker.settle([await claim('succeeded')], { kind: 'succeed', result: '1' })
  await worker.settle([await claim('failed')], {
    kind: 'fail',
    reason: 'exhausted',
    error: BOOM,
    counts: true,
  })
  await worker.settle([await claim('cancelled')], { kind: 'cancel', reason: 'requested', error: null })
  equal(await scene.states(JOB_STATES), [...JOB_STATES], 'the stage')
}

type Change = (scene: Scene, ids: readonly string[]) => Promise<readonly ChangeReceipt[]>

/** Tries a correction in every state; `reached` says where it leads, and what is not in it is refused. */
function changes(
  title: string,
  transition: JobTransition,
  reached: Partial<Record<JobState, JobState>>,
  change: Change,
): Script {
  return {
    title,
    facets: ['records'],
    async play(scene) {
      await oneOfEachState(scene)
      const expected = JOB_STATES.map((id) => {
        const state = reached[id]
        if (state === undefined) return { id, outcome: 'refused', state: id }
        ok(
          canTransition(id, transition, state),
          `${id} -${transition}-> ${state} is in the table of transitions`,
        )
        return { id, outcome: 'done', state }
      })
      const receipts = await change(scene, [...JOB_STATES, 'nobody'])
      equal(receipts, [...expected, { id: 'nobody', outcome: 'not-found', state: null }], 'receipts')
      equal(
        await scene.states(JOB_STATES),
        expected.map((receipt) => receipt.state),
        'states',
      )
      equal(await change(scene, []), [], 'no ids')
    },
  }
}

const WAITING = ['scheduled', 'pending', 'retrying'] as const
const toAll = (states: readonly JobState[], to: JobState) =>
  Object.fromEntries(states.map((state) => [state, to]))

export const changeCases = topic('change', {
  cancel: changes(
    'cancel ends what waits or is held, and refuses what runs or is over',
    'cancel',
    toAll([...WAITING, 'blocked'], 'cancelled'),
    (scene, ids) => scene.facet('records').cancel(ids, 'requested'),
  ),
  requeue: changes(
    'requeue makes everything pending but what runs',
    'requeue',
    toAll([...WAITING, 'blocked', 'succeeded', 'failed', 'cancelled'], 'pending'),
    (scene, ids) => scene.facet('records').requeue(ids),
  ),
  'reschedule-later': changes(
    'reschedule to a later time makes what waits scheduled, and refuses all else',
    'reschedule',
    toAll(WAITING, 'scheduled'),
    async (scene, ids) => scene.facet('records').reschedule(ids, (await scene.now()) + 9 * scene.unit),
  ),
  'reschedule-past': changes(
    'reschedule to a time that has passed makes what waits pending',
    'reschedule',
    toAll(WAITING, 'pending'),
    async (scene, ids) => scene.facet('records').reschedule(ids, (await scene.now()) - 1_000),
  ),
  hold: changes(
    'hold blocks what waits, and refuses all else',
    'hold',
    toAll(WAITING, 'blocked'),
    (scene, ids) => scene.facet('records').hold(ids),
  ),
  delete: {
    title: 'delete removes everything but what runs, and all that is kept with it',
    facets: ['records'],
    async play(scene) {
      await oneOfEachState(scene)
      const receipts = await scene.facet('records').delete([...JOB_STATES, 'nobody'])
      const expected = JOB_STATES.map((id) =>
        id === 'active' ? { id, outcome: 'refused', state: id } : { id, outcome: 'done', state: null },
      )
      equal(receipts, [...expected, { id: 'nobody', outcome: 'not-found', state: null }], 'receipts')
      equal(
        (await scene.states(JOB_STATES)).filter((state) => state !== null),
        ['active'],
        'what is left',
      )
      equal(await scene.facet('records').attempts('failed'), [], 'attempts')
      const left = await scene.list({}, { limit: 10, after: null, order: 'oldest' })
      equal(
        left.jobs.map((job) => job.id),
        ['active'],
        'listing',
      )
      const worker = await scene.worker('after')
      equal(await worker.claim({ from: JOB_STATES }), [], 'nothing is claimed')
      equal((await scene.enqueue({ id: 'failed' })).outcome, 'created', 'the id is free again')
    },
  },
  'cancel-reason': {
    title: 'a cancelled job tells the reason and is never claimed',
    facets: ['records'],
    async play(scene) {
      const id = await scene.add()
      await scene.facet('records').cancel([id], 'drained')
      const record = await scene.read(id)
      matches(record, { state: 'cancelled', reason: 'drained', result: null, error: null }, 'job')
      near(record.finishedAt, await scene.now(), scene.tolerance, 'finishedAt')
      equal(await (await scene.worker()).claim(), [], 'claimed')
    },
  },
  'requeue-finished': {
    title: 'a requeued finished job starts a new life with fresh attempts, and keeps its history',
    facets: ['records'],
    async play(scene) {
      const worker = await scene.worker('w')
      await scene.add({ id: 'failed' })
      await worker.settle([await worker.claimOne()], {
        kind: 'fail',
        reason: 'exhausted',
        error: BOOM,
        counts: true,
      })
      await scene.add({ id: 'done' })
      await worker.settle([await worker.claimOne()], { kind: 'succeed', result: '1' })
      await scene.pass(1)
      await scene.facet('records').requeue(['failed', 'done'])
      const fresh = {
        state: 'pending',
        attempt: 0,
        lost: 0,
        reason: null,
        error: null,
        result: null,
        finishedAt: null,
      }
      for (const id of ['failed', 'done']) {
        const record = await scene.read(id)
        matches(record, { ...fresh, progress: null }, id)
        near(record.dueAt, await scene.now(), scene.tolerance, `dueAt of ${id}`)
      }
      equal(
        (await worker.claim()).map((job) => [job.id, job.attempt]),
        [
          ['failed', 1],
          ['done', 1],
        ],
        'claimed',
      )
      const history = async (id: string) =>
        (await scene.facet('records').attempts(id)).map((entry) => [entry.attempt, entry.outcome])
      equal(
        await history('failed'),
        [
          [1, 'failed'],
          [1, 'running'],
        ],
        'attempts of the failed job',
      )
      equal(
        await history('done'),
        [
          [1, 'succeeded'],
          [1, 'running'],
        ],
        'attempts of the succeeded job',
      )
    },
  },
  'requeue-waiting': {
    title: 'a requeued waiting job is due at once and keeps its attempts',
    facets: ['records'],
    async play(scene) {
      await scene.add({ id: 'tried' })
      const worker = await scene.worker()
      await worker.settle([await worker.claimOne()], { kind: 'retry', delayMs: 50 * scene.unit, error: BOOM })
      await scene.add({ id: 'later', delayMs: 50 * scene.unit })
      await scene.facet('records').requeue(['later', 'tried'])
      matches(await scene.read('tried'), { state: 'pending', attempt: 1, error: BOOM }, 'tried')
      equal(
        (await worker.claim()).map((job) => [job.id, job.attempt]),
        [
          ['tried', 2],
          ['later', 1],
        ],
        'claimed',
      )
    },
  },
  reschedule: {
    title: 'a rescheduled job is due at its new time, earlier or later',
    facets: ['records'],
    async play(scene) {
      await scene.add({ id: 'sooner', delayMs: 50 * scene.unit })
      await scene.add({ id: 'later' })
      const now = await scene.now()
      await scene.facet('records').reschedule(['sooner', 'later'], now + 2 * scene.unit)
      matches(await scene.read('sooner'), { state: 'scheduled', dueAt: now + 2 * scene.unit }, 'job')
      const worker = await scene.worker()
      equal(await worker.claim(), [], 'before')
      await scene.pass(2.2)
      equal(
        (await worker.claim()).map((job) => job.id),
        ['sooner', 'later'],
        'when due',
      )
    },
  },
  'same-id-twice': {
    title: 'an id given twice is changed once',
    facets: ['records'],
    async play(scene) {
      await scene.add({ id: 'a' })
      const outcomes = (await scene.facet('records').cancel(['a', 'a'], 'requested')).map(
        (receipt) => receipt.outcome,
      )
      equal(outcomes, ['done', 'refused'], 'receipts')
    },
  },
})
