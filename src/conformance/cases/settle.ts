/**
 * How attempts end, and that nobody but the current attempt can end a job.
 * @module
 */
import type { JobError, Outcome } from '../../contract/index.ts'
import { equal, matches, near, ok } from '../expect.ts'
import { topic } from '../scene.ts'

/** An error for the cases. */
export const BOOM: JobError = {
  name: 'Error',
  message: 'boom',
  stack: 'Error: boom\n  at x',
  code: null,
  cause: null,
}

const DONE: Outcome = { kind: 'succeed', result: '1' }

export const settleCases = topic('settle', {
  succeed: {
    title: 'success ends the job with its result',
    facets: ['records'],
    async play(scene) {
      const id = await scene.add()
      const worker = await scene.worker()
      const job = await worker.claimOne()
      const running = await scene.read(id)
      matches(running, { state: 'active', attempt: 1, worker: worker.id, finishedAt: null }, 'while it runs')
      near(running.startedAt, await scene.now(), scene.tolerance, 'startedAt')
      await scene.pass(1)
      equal(await worker.settle([job], { kind: 'succeed', result: '{"ok":true}' }), [], 'leaseLost')
      const record = await scene.read(id)
      const expected = { state: 'succeeded', result: '{"ok":true}', reason: null, error: null, attempt: 1 }
      matches(record, { ...expected, worker: worker.id, startedAt: running.startedAt }, 'finished job')
      near(record.finishedAt, await scene.now(), scene.tolerance, 'finishedAt')
      equal(await worker.claim(), [], 'nothing to claim')
    },
  },
  fail: {
    title: 'failure ends the job with its reason and error',
    facets: ['records'],
    async play(scene) {
      const id = await scene.add()
      const worker = await scene.worker()
      await worker.settle([await worker.claimOne()], {
        kind: 'fail',
        reason: 'discarded',
        error: BOOM,
        counts: true,
      })
      matches(
        await scene.read(id),
        { state: 'failed', reason: 'discarded', error: BOOM, attempt: 1, result: null },
        'job',
      )
      matches(
        (await scene.facet('records').attempts(id))[0],
        { attempt: 1, outcome: 'failed', error: BOOM },
        'attempt',
      )
      equal(await worker.claim(), [], 'nothing to claim')
    },
  },
  'fail-not-counted': {
    title: 'a failure without a run does not count the attempt, and still leaves its record',
    facets: ['records'],
    async play(scene) {
      const id = await scene.add()
      const worker = await scene.worker()
      const outcome: Outcome = { kind: 'fail', reason: 'unknown-task', error: BOOM, counts: false }
      await worker.settle([await worker.claimOne()], outcome)
      matches(
        await scene.read(id),
        { state: 'failed', reason: 'unknown-task', error: BOOM, attempt: 0 },
        'job',
      )
      const attempts = await scene.facet('records').attempts(id)
      equal(
        attempts.map(({ attempt, outcome }) => ({ attempt, outcome })),
        [{ attempt: 1, outcome: 'failed' }],
        'attempts',
      )
    },
  },
  cancel: {
    title: 'a running job ends cancelled, with or without an error',
    facets: ['records'],
    async play(scene) {
      await scene.backend.enqueue([scene.job({ id: 'a' }), scene.job({ id: 'b' })])
      const worker = await scene.worker()
      const jobs = await worker.claim()
      await worker.settle(jobs.slice(0, 1), { kind: 'cancel', reason: 'requested', error: BOOM })
      await worker.settle(jobs.slice(1), { kind: 'cancel', reason: 'requested', error: null })
      matches(
        await scene.read('a'),
        { state: 'cancelled', reason: 'requested', error: BOOM, attempt: 1 },
        'a',
      )
      matches(
        await scene.read('b'),
        { state: 'cancelled', reason: 'requested', error: null, attempt: 1 },
        'b',
      )
      matches(
        (await scene.facet('records').attempts('b'))[0],
        { attempt: 1, outcome: 'cancelled' },
        'attempt',
      )
    },
  },
  'many-kinds': {
    title: 'one exchange settles attempts of every kind',
    facets: ['records'],
    async play(scene) {
      await scene.backend.enqueue(scene.jobs(6))
      const worker = await scene.worker()
      const jobs = await worker.claim()
      const outcomes: Outcome[] = [
        DONE,
        { kind: 'retry', delayMs: 100 * scene.unit, error: BOOM },
        { kind: 'fail', reason: 'exhausted', error: BOOM, counts: true },
        { kind: 'cancel', reason: 'requested', error: null },
        { kind: 'snooze', delayMs: 100 * scene.unit },
        { kind: 'release' },
      ]
      const settle = jobs.flatMap((job, at) =>
        outcomes[at] === undefined ? [] : [{ job, outcome: outcomes[at] }],
      )
      equal((await worker.exchange({ settle })).leaseLost, [], 'leaseLost')
      const states = await scene.states(jobs.map((job) => job.id))
      equal(states, ['succeeded', 'retrying', 'failed', 'cancelled', 'scheduled', 'pending'], 'states')
    },
  },
  'then-claim': {
    title: 'an exchange settles before it claims',
    async play(scene) {
      await scene.add({ id: 'a' })
      await scene.add({ id: 'b' })
      const worker = await scene.worker()
      const job = await worker.claimOne()
      const claim = { queues: [{ name: 'default', limit: 5 }], limit: 5 }
      const reply = await worker.exchange({ settle: [{ job, outcome: { kind: 'release' } }], claim })
      equal(
        reply.claimed.map(({ id, attempt }) => ({ id, attempt })),
        [
          { id: 'a', attempt: 1 },
          { id: 'b', attempt: 1 },
        ],
        'claimed',
      )
      ok((reply.claimed[0]?.token ?? 0) > job.token, 'the second claim has a larger token')
    },
  },
})

export const fencingCases = topic('fencing', {
  'after-rescue': {
    title: 'an attempt that was rescued cannot settle the job, and hears of it',
    async play(scene) {
      const id = await scene.add()
      const zombie = await scene.worker('zombie', 1)
      const old = await zombie.claimOne()
      await scene.pass(1.2)
      equal((await scene.rescue()).length, 1, 'rescued')
      equal(await zombie.settle([old], DONE), [id], 'leaseLost while pending')
      const worker = await scene.worker('fresh')
      const job = await worker.claimOne()
      ok(job.token > old.token, 'the token grows')
      equal(
        await zombie.settle([old], { kind: 'fail', reason: 'exhausted', error: BOOM, counts: true }),
        [id],
        'while active',
      )
      equal(await worker.settle([job], DONE), [], 'the current attempt')
      equal(await zombie.settle([old], { kind: 'release' }), [id], 'after the end')
      if (scene.backend.records !== undefined) {
        matches(
          await scene.read(id),
          { state: 'succeeded', result: '1', attempt: 2, lost: 1, worker: 'fresh' },
          'job',
        )
      }
    },
  },
  'expired-but-not-rescued': {
    title: 'a late settlement counts as long as nobody took the job',
    async play(scene) {
      await scene.add()
      const worker = await scene.worker('slow', 1)
      const job = await worker.claimOne()
      await scene.pass(1.5)
      equal(await worker.settle([job], DONE), [], 'leaseLost')
      equal(await scene.rescue(), [], 'nothing to rescue')
      equal(await (await scene.worker('b')).claim(), [], 'nothing to claim')
    },
  },
  twice: {
    title: 'an attempt is settled once, over two calls and within one',
    facets: ['records'],
    async play(scene) {
      await scene.backend.enqueue([scene.job({ id: 'a' }), scene.job({ id: 'b' })])
      const worker = await scene.worker()
      const [a, b] = await worker.claim()
      ok(a !== undefined && b !== undefined, 'both jobs are claimed')
      equal(await worker.settle([a], DONE), [], 'first call')
      equal(await worker.settle([a], { kind: 'release' }), ['a'], 'second call')
      const settle = [
        { job: b, outcome: DONE },
        { job: b, outcome: { kind: 'release' } as const },
      ]
      equal((await worker.exchange({ settle })).leaseLost, ['b'], 'in one call')
      equal(await scene.states(['a', 'b']), ['succeeded', 'succeeded'], 'states')
    },
  },
  'wrong-token': {
    title: 'neither an older nor a newer token settles a job, and the batch’s others are stored',
    facets: ['records'],
    async play(scene) {
      await scene.backend.enqueue([scene.job({ id: 'a' }), scene.job({ id: 'b' })])
      const worker = await scene.worker()
      const [a, b] = await worker.claim()
      ok(a !== undefined && b !== undefined, 'both jobs are claimed')
      const forged = [a.token - 1, a.token + 1_000].map((token) => ({ job: { ...a, token }, outcome: DONE }))
      const unknown = { job: { id: 'nobody', queue: 'default', token: 1 }, outcome: DONE }
      const { leaseLost } = await worker.exchange({ settle: [...forged, unknown, { job: b, outcome: DONE }] })
      equal([...leaseLost].sort(), ['a', 'a', 'nobody'], 'leaseLost')
      equal(await scene.states(['a', 'b']), ['active', 'succeeded'], 'states')
    },
  },
  requeued: {
    title: 'tokens grow over a requeue, so that an attempt of the first life is fenced',
    facets: ['records'],
    async play(scene) {
      const id = await scene.add()
      const worker = await scene.worker()
      const first = await worker.claimOne()
      await worker.settle([first], DONE)
      await scene.facet('records').requeue([id])
      const second = await worker.claimOne()
      matches(second, { id, attempt: 1 }, 'second life')
      ok(second.token > first.token, 'the token grows')
      equal(await worker.settle([first], DONE), [id], 'leaseLost')
      equal(await scene.states([id]), ['active'], 'state')
    },
  },
  'reused-id': {
    title: 'an id that is deleted and used again is fenced from its first life',
    facets: ['records'],
    async play(scene) {
      await scene.add({ id: 'a' })
      const zombie = await scene.worker('zombie', 1)
      const old = await zombie.claimOne()
      await scene.pass(1.2)
      await scene.rescue()
      await scene.facet('records').delete(['a'])
      await scene.add({ id: 'a' })
      await (await scene.worker('fresh')).claimOne()
      equal(await zombie.settle([old], DONE), ['a'], 'leaseLost')
      equal(await scene.states(['a']), ['active'], 'state')
    },
  },
  'without-ref': {
    title: 'id, queue and token are enough to settle',
    async play(scene) {
      await scene.add()
      const worker = await scene.worker()
      const { id, queue, token } = await worker.claimOne()
      equal(await worker.settle([{ id, queue, token }], { kind: 'release' }), [], 'leaseLost')
      equal((await worker.claim()).length, 1, 'claimable again')
    },
  },
})
