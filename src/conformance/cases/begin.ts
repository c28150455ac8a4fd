/**
 * Careful jobs: those whose loss could end them start only once the store has been told.
 * @module
 */
import type { Outcome } from '../../contract/index.ts'
import { equal, matches, ok } from '../expect.ts'
import { type Scene, type SceneWorker, topic } from '../scene.ts'
import { BOOM } from './settle.ts'

const DONE: Outcome = { kind: 'succeed', result: '1' }

/** Claims the one job there is and dies, after it has begun it or before. */
async function dieWith(scene: Scene, name: string, begun: boolean): Promise<void> {
  const dying = await scene.worker(name, 1)
  await (begun ? dying.startOne() : dying.claimOne())
  await scene.pass(1.2)
}

/** The attempt's number and whether it has begun, of the one job there is. */
async function claimedAs(worker: SceneWorker): Promise<readonly [number, boolean]> {
  const { attempt, begun } = await worker.claimOne()
  return [attempt, begun]
}

export const beginCases = topic('begin', {
  'last-attempt': {
    title: 'a job is claimed as not begun on its last attempt, and on no earlier one',
    async play(scene) {
      await scene.add({ maxAttempts: 2 })
      const worker = await scene.worker()
      const first = await worker.claimOne()
      matches(first, { attempt: 1, begun: true }, 'first attempt')
      await worker.settle([first], { kind: 'retry', delayMs: 0, error: BOOM })
      equal(await claimedAs(worker), [2, false], 'last attempt')
      await scene.add({ maxAttempts: 1 })
      equal(await claimedAs(worker), [1, false], 'the only attempt')
    },
  },
  'beyond-last': {
    title: 'an attempt beyond the last one is careful as well',
    async play(scene) {
      await scene.add({ maxAttempts: 1 })
      const worker = await scene.worker()
      await worker.settle([await worker.claimOne()], { kind: 'retry', delayMs: 0, error: BOOM })
      equal(await claimedAs(worker), [2, false], 'attempt')
    },
  },
  'after-loss': {
    title: 'a job that has lost a worker is claimed as not begun, whatever attempts it has left',
    async play(scene) {
      await scene.add({ maxAttempts: 9 })
      await dieWith(scene, 'dead', true)
      matches((await scene.rescue())[0], { attempt: 1, begun: true, state: 'pending' }, 'rescued')
      const worker = await scene.worker()
      const second = await worker.claimOne()
      matches(second, { attempt: 2, begun: false }, 'next attempt')
      await worker.settle([second], { kind: 'retry', delayMs: 0, error: BOOM })
      equal(await claimedAs(worker), [3, false], 'the one after it')
    },
  },
  'lost-before': {
    title: 'a rescue before the begin counts nothing, records nothing and keeps the job’s place',
    async play(scene) {
      const id = await scene.add({ maxAttempts: 1 })
      await dieWith(scene, 'dead', false)
      await scene.add({ id: 'later' })
      const expected = { id, attempt: 1, worker: 'dead', begun: false, state: 'pending' }
      matches((await scene.rescue())[0], expected, 'rescued')
      equal(await scene.rescue(), [], 'rescued again')
      if (scene.backend.records !== undefined) {
        matches(await scene.read(id), { state: 'pending', attempt: 0, lost: 0, error: null }, 'job')
        equal(await scene.backend.records.attempts(id), [], 'attempts')
      }
      const claimed = await (await scene.worker()).claim()
      equal(
        claimed.map((job) => [job.id, job.attempt, job.begun]),
        [
          [id, 1, false],
          ['later', 1, true],
        ],
        'claimed again',
      )
    },
  },
  'lost-before-many-times': {
    title: 'a job that never began is neither exhausted nor quarantined, however often its worker dies',
    async play(scene) {
      const id = await scene.add({ maxAttempts: 9 })
      await dieWith(scene, 'dead-0', true)
      await scene.rescue(2)
      for (const name of ['dead-1', 'dead-2', 'dead-3']) {
        await dieWith(scene, name, false)
        matches((await scene.rescue(2))[0], { id, attempt: 2, begun: false, state: 'pending' }, 'rescued')
      }
      equal(await claimedAs(await scene.worker()), [2, false], 'claimed again')
      if (scene.backend.records !== undefined) matches(await scene.read(id), { lost: 1, attempt: 2 }, 'job')
    },
  },
  'lost-after': {
    title: 'a rescue after the begin counts: a last attempt is exhausted, a second loss quarantined',
    async play(scene) {
      const last = await scene.add({ id: 'last', maxAttempts: 1 })
      await dieWith(scene, 'dead', true)
      matches((await scene.rescue())[0], { id: last, begun: true, state: 'failed' }, 'last attempt')
      const risky = await scene.add({ id: 'risky', maxAttempts: 9 })
      await dieWith(scene, 'dead-1', true)
      await scene.rescue(2)
      await dieWith(scene, 'dead-2', true)
      matches((await scene.rescue(2))[0], { id: risky, begun: true, state: 'failed' }, 'second loss')
      if (scene.backend.records === undefined) return
      matches(await scene.read(last), { reason: 'exhausted', attempt: 1, lost: 1 }, 'last attempt')
      matches(await scene.read(risky), { reason: 'quarantined', attempt: 2, lost: 2 }, 'second loss')
      const attempts = await scene.backend.records.attempts(last)
      equal(
        attempts.map((entry) => entry.outcome),
        ['lost'],
        'attempts',
      )
    },
  },
  'retired-before': {
    title: 'what a retired worker had not begun does not count either',
    async play(scene) {
      const id = await scene.add({ maxAttempts: 1 })
      await (await scene.worker('w')).claimOne()
      await scene.backend.retire('w')
      const [rescued] = await scene.backend.rescue({ quarantineAfter: 3 })
      matches(rescued, { id, attempt: 1, begun: false, state: 'pending' }, 'rescued')
      equal(await claimedAs(await scene.worker()), [1, false], 'claimed again')
    },
  },
  stale: {
    title: 'a begin that comes too late is told so and changes nothing, in a batch with others',
    async play(scene) {
      const id = await scene.add({ maxAttempts: 1 })
      const zombie = await scene.worker('zombie', 1)
      const old = await zombie.claimOne()
      await scene.pass(1.2)
      await scene.rescue()
      equal((await zombie.exchange({ begin: [old] })).leaseLost, [id], 'while pending')
      const fresh = await scene.worker('fresh', 1)
      const job = await fresh.claimOne()
      ok(job.token > old.token, 'the token grows')
      const other = await scene.add({ maxAttempts: 1 })
      const otherJob = await fresh.claimOne()
      equal((await fresh.exchange({ begin: [old, otherJob] })).leaseLost, [id], 'while active')
      const unknown = { id: 'nobody', queue: 'default', token: 1 }
      equal((await zombie.exchange({ begin: [unknown] })).leaseLost, ['nobody'], 'of no job')
      await scene.pass(1.2)
      const rescued = await scene.rescue()
      equal(
        rescued.map((one) => [one.id, one.begun]).sort(),
        [
          [id, false],
          [other, true],
        ].sort(),
        'rescued',
      )
    },
  },
  twice: {
    title: 'a begin may be repeated, also in one batch, and of a job that needs none',
    async play(scene) {
      const id = await scene.add({ maxAttempts: 1 })
      await scene.add({ maxAttempts: 5 })
      const worker = await scene.worker()
      const jobs = await worker.claim()
      equal((await worker.exchange({ begin: [...jobs, ...jobs] })).leaseLost, [], 'in one batch')
      equal((await worker.exchange({ begin: jobs })).leaseLost, [], 'once more')
      equal(await worker.settle(jobs, DONE), [], 'settled')
      equal((await worker.exchange({ begin: jobs.slice(0, 1) })).leaseLost, [id], 'after the end')
    },
  },
  'without-lease': {
    title: 'a begin needs a current token, not a live lease, and lasts over a lapse of the lease',
    async play(scene) {
      const id = await scene.add({ maxAttempts: 1 })
      const slow = await scene.worker('slow', 1)
      const job = await slow.claimOne()
      await scene.pass(1.5)
      equal((await slow.exchange({ begin: [job] })).leaseLost, [], 'leaseLost')
      matches((await scene.rescue())[0], { id, begun: true, state: 'failed' }, 'rescued')
    },
  },
  'settled-unbegun': {
    title: 'an attempt that has not begun can be settled in every way',
    facets: ['records'],
    async play(scene) {
      const outcomes: readonly (readonly [Outcome, object])[] = [
        [DONE, { state: 'succeeded', attempt: 1 }],
        [
          { kind: 'fail', reason: 'unknown-task', error: BOOM, counts: false },
          { state: 'failed', attempt: 0 },
        ],
        [
          { kind: 'cancel', reason: 'requested', error: null },
          { state: 'cancelled', attempt: 1 },
        ],
        [
          { kind: 'snooze', delayMs: 99 * scene.unit },
          { state: 'scheduled', attempt: 0 },
        ],
        [{ kind: 'release' }, { state: 'pending', attempt: 0 }],
      ]
      const worker = await scene.worker()
      for (const [outcome, expected] of outcomes) {
        const id = await scene.add({ maxAttempts: 1 })
        matches(await scene.read(id), { state: 'pending' }, 'before')
        const job = await worker.claimOne()
        matches(await scene.read(id), { state: 'active', attempt: 1, worker: worker.id }, 'while claimed')
        equal(await worker.settle([job], outcome), [], outcome.kind)
        matches(await scene.read(id), expected, outcome.kind)
      }
    },
  },
  'claimed-anew': {
    title: 'a begin holds for one attempt: the next claim starts over',
    async play(scene) {
      await scene.add({ maxAttempts: 1 })
      const worker = await scene.worker('w', 1)
      const job = await worker.claimOne()
      await worker.exchange({ begin: [job] })
      await worker.settle([job], { kind: 'release' })
      equal(await claimedAs(worker), [1, false], 'claimed again')
      await scene.pass(1.2)
      matches((await scene.rescue())[0], { begun: false, state: 'pending' }, 'rescued')
    },
  },
})
