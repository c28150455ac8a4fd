/**
 * Dead workers: leases, rescue, quarantine.
 * @module
 */
import { equal, matches } from '../expect.ts'
import { topic, workerInfo } from '../scene.ts'
import { BOOM } from './settle.ts'

export const rescueCases = topic('rescue', {
  'dead-worker': {
    title: 'jobs of a worker whose lease ran out are given back, and the attempt counts',
    async play(scene) {
      const id = await scene.add({ task: 'mail' })
      const dead = await scene.worker('dead', 1)
      await dead.claimOne()
      await scene.pass(1.2)
      const expected = { id, task: 'mail', queue: 'default', attempt: 1, worker: 'dead' }
      equal(await scene.rescue(), [{ ...expected, begun: true, state: 'pending' }], 'rescued')
      equal(await scene.rescue(), [], 'rescued again')
      matches(await (await scene.worker('next')).claimOne(), { id, attempt: 2 }, 'claimed again')
    },
  },
  record: {
    title: 'a rescued job says so in its record and attempts',
    facets: ['records'],
    async play(scene) {
      const id = await scene.add()
      const dueAt = (await scene.read(id)).dueAt
      await (await scene.worker('dead', 1)).claimOne()
      await scene.pass(1.2)
      await scene.rescue()
      matches(
        await scene.read(id),
        { state: 'pending', attempt: 1, lost: 1, dueAt, finishedAt: null, reason: null },
        'job',
      )
      const attempts = await scene.facet('records').attempts(id)
      equal(attempts.length, 1, 'attempts')
      matches(attempts[0], { attempt: 1, outcome: 'lost', worker: 'dead' }, 'attempt')
    },
  },
  'live-worker': {
    title: 'jobs of a live worker are left alone, and a heartbeat keeps all of them',
    async play(scene) {
      await scene.backend.enqueue(scene.jobs(3))
      const worker = await scene.worker('busy', 2)
      await worker.claim()
      for (let beat = 0; beat < 4; beat += 1) {
        await scene.pass(1)
        equal(await worker.beat(2 * scene.unit), true, 'heartbeat')
        equal(await scene.rescue(), [], 'rescued')
      }
    },
  },
  'only-the-dead': {
    title: 'only the dead worker’s jobs are given back',
    async play(scene) {
      await scene.backend.enqueue(scene.jobs(4))
      const dead = await scene.worker('dead', 1)
      const alive = await scene.worker('alive')
      const lost = (await dead.claim({ limit: 2 })).map((job) => job.id)
      const kept = await alive.claim()
      await scene.pass(1.2)
      equal((await scene.rescue()).map((job) => job.id).sort(), lost.sort(), 'rescued')
      equal(await alive.settle(kept, { kind: 'succeed', result: null }), [], 'the other worker’s settlements')
    },
  },
  place: {
    title: 'a rescued job goes back to its old place in the line',
    async play(scene) {
      await scene.add({ id: 'a' })
      await (await scene.worker('dead', 1)).claimOne()
      await scene.pass(1.2)
      await scene.add({ id: 'b' })
      await scene.rescue()
      equal(
        (await (await scene.worker()).claim()).map((job) => job.id),
        ['a', 'b'],
        'order',
      )
    },
  },
  exhausted: {
    title: 'a job that lost its last attempt fails as exhausted',
    async play(scene) {
      const id = await scene.add({ maxAttempts: 1 })
      await (await scene.worker('dead', 1)).startOne()
      await scene.pass(1.2)
      matches((await scene.rescue())[0], { id, state: 'failed' }, 'rescued')
      if (scene.backend.records === undefined) return
      const record = await scene.read(id)
      matches(record, { state: 'failed', reason: 'exhausted', lost: 1, attempt: 1 }, 'job')
      matches(record.error, { name: 'WorkerLost' }, 'error')
      matches((await scene.backend.records.attempts(id))[0], { attempt: 1, outcome: 'lost' }, 'attempt')
    },
  },
  quarantined: {
    title: 'a job that took too many workers down is quarantined, whatever attempts it has left',
    async play(scene) {
      const id = await scene.add({ maxAttempts: 3 })
      const states: (string | undefined)[] = []
      for (let death = 1; death <= 3; death += 1) {
        await (await scene.worker(`dead-${death}`, 1)).startOne()
        await scene.pass(1.2)
        states.push((await scene.rescue(3))[0]?.state)
      }
      equal(states, ['pending', 'pending', 'failed'], 'states')
      if (scene.backend.records === undefined) return
      const record = await scene.read(id)
      matches(record, { state: 'failed', reason: 'quarantined', lost: 3, attempt: 3 }, 'job')
      matches(record.error, { name: 'WorkerLost' }, 'error')
    },
  },
  'quarantine-counts-losses': {
    title: 'ordinary failures do not count towards quarantine',
    async play(scene) {
      await scene.add({ maxAttempts: 100 })
      const worker = await scene.worker()
      for (let failure = 0; failure < 4; failure += 1) {
        await worker.settle([await worker.claimOne()], { kind: 'retry', delayMs: 0, error: BOOM })
      }
      await (await scene.worker('dead', 1)).claimOne()
      await scene.pass(1.2)
      matches((await scene.rescue(2))[0], { attempt: 5, state: 'pending' }, 'rescued')
    },
  },
  heartbeat: {
    title: 'a heartbeat says whether the lease had run out: once, and not for newcomers',
    async play(scene) {
      const worker = await scene.worker('w', 1)
      equal(await worker.beat(scene.unit), true, 'in time')
      await scene.pass(1.2)
      equal(await worker.beat(scene.unit), false, 'too late')
      equal(await worker.beat(scene.unit), true, 'live again')
      await scene.pass(1.2)
      await scene.rescue()
      equal(await worker.beat(scene.unit), false, 'too late, and rescued meanwhile')
      equal(await scene.backend.heartbeat(workerInfo('newcomer'), scene.unit), true, 'a newcomer')
    },
  },
  'late-but-first': {
    title: 'a worker that comes back before the rescue keeps its jobs',
    async play(scene) {
      await scene.add()
      const worker = await scene.worker('w', 1)
      const job = await worker.claimOne()
      await scene.pass(1.2)
      equal(await worker.beat(1_000 * scene.unit), false, 'heartbeat')
      equal(await scene.rescue(), [], 'rescued')
      equal(await worker.settle([job], { kind: 'succeed', result: null }), [], 'leaseLost')
    },
  },
  retire: {
    title: 'what a retired worker still holds is rescued at the first look',
    async play(scene) {
      const id = await scene.add()
      const worker = await scene.worker('w')
      await worker.claimOne()
      await scene.backend.retire('w')
      matches(
        (await scene.backend.rescue({ quarantineAfter: 3 }))[0],
        { id, attempt: 1, worker: 'w', state: 'pending' },
        'rescued',
      )
      const claim = { queues: [{ name: 'default', limit: 1 }], limit: 1 }
      matches(await worker.exchange({ claim }), { claimed: [], leaseExpired: true }, 'the retired worker')
      await scene.backend.retire('w')
      await scene.backend.retire('nobody')
      equal(await worker.beat(scene.unit), true, 'a new life under the old id')
    },
  },
  'rescued-then-retried': {
    title: 'a rescued job that was settled elsewhere is not rescued again',
    async play(scene) {
      await scene.add()
      await (await scene.worker('dead', 1)).claimOne()
      await scene.pass(1.2)
      await scene.rescue()
      const worker = await scene.worker('next')
      await worker.settle([await worker.claimOne()], { kind: 'succeed', result: null })
      equal(await scene.rescue(), [], 'rescued')
    },
  },
  'other-connection': {
    title: 'any connection rescues, and a lease kept through one holds for the others',
    needs: ['reopen'],
    async play(scene) {
      const other = await scene.reopen()
      await scene.backend.enqueue(scene.jobs(2))
      await (await scene.worker('dead', 1)).claimOne()
      await (await scene.worker('alive')).claimOne()
      await scene.pass(1.2)
      const rescued = [
        ...(await other.rescue({ quarantineAfter: 3 })),
        ...(await other.rescue({ quarantineAfter: 3 })),
      ]
      equal(
        rescued.map((job) => job.worker),
        ['dead'],
        'rescued',
      )
    },
  },
  'clock-back': {
    title: 'after the clock was set back a live worker keeps its jobs, and a heartbeat renews its lease',
    needs: ['jump'],
    async play(scene) {
      await scene.add()
      const worker = await scene.worker('w', 5)
      const job = await worker.claimOne()
      await scene.harness.clock?.jump?.(-3_600_000)
      equal(await scene.rescue(), [], 'rescued')
      equal(await worker.beat(5 * scene.unit), true, 'heartbeat')
      equal(await worker.settle([job], { kind: 'succeed', result: null }), [], 'leaseLost')
    },
  },
})
