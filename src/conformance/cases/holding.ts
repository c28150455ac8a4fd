/**
 * After a lost answer: a worker says what it holds, and the store takes back what it has never heard of.
 * @module
 */
import type { ClaimedJob } from '../../contract/index.ts'
import { Bell } from '../bell.ts'
import { equal, matches } from '../expect.ts'
import { topic } from '../scene.ts'

const CLAIM = { queues: [{ name: 'default', limit: 9 }], limit: 9 }

function ids(jobs: readonly ClaimedJob[]): string[] {
  return jobs.map((job) => job.id)
}

export const holdingCases = topic('holding', {
  unknown: {
    title: 'what the worker does not name is pending again at its old place, and nothing counts',
    async play(scene) {
      await scene.backend.enqueue([scene.job({ id: 'a' }), scene.job({ id: 'b', maxAttempts: 1 })])
      const worker = await scene.worker()
      await worker.claim() // The answer is lost.
      await scene.add({ id: 'c' })
      equal((await worker.exchange({ holding: [] })).leaseLost, [], 'leaseLost')
      if (scene.backend.records !== undefined) {
        equal(await scene.states(['a', 'b']), ['pending', 'pending'], 'states')
        matches(await scene.read('a'), { attempt: 0, lost: 0, reason: null }, 'a')
        equal(await scene.backend.records.attempts('b'), [], 'attempts of b')
      }
      const again = await worker.claim()
      equal(
        again.map((job) => [job.id, job.attempt, job.begun]),
        [
          ['a', 1, true],
          ['b', 1, false],
          ['c', 1, true],
        ],
        'claimed again',
      )
    },
  },
  known: {
    title: 'what the worker names stays its own, begun or not',
    async play(scene) {
      await scene.backend.enqueue([scene.job({ id: 'a' }), scene.job({ id: 'b', maxAttempts: 1 })])
      const worker = await scene.worker()
      const known = await worker.claim()
      await scene.add({ id: 'c' })
      await worker.claim() // The answer is lost.
      await worker.exchange({ holding: known.map(({ id, queue, token }) => ({ id, queue, token })) })
      equal(ids(await worker.claim()), ['c'], 'claimable again')
      equal(await worker.settle(known, { kind: 'succeed', result: null }), [], 'leaseLost')
    },
  },
  'by-token': {
    title: 'an attempt is named by its token: an older one of the same job does not keep it',
    async play(scene) {
      await scene.add({ id: 'a' })
      const worker = await scene.worker()
      const first = await worker.claimOne()
      await worker.settle([first], { kind: 'release' })
      const second = await worker.claimOne() // The answer is lost.
      await worker.exchange({ holding: [first] })
      equal(await worker.settle([second], { kind: 'release' }), ['a'], 'leaseLost')
      matches(await worker.claimOne(), { id: 'a', attempt: 1 }, 'claimed again')
    },
  },
  'two-attempts': {
    title: 'a worker that names two attempts of a job keeps it by the current one, in any order',
    async play(scene) {
      await scene.add({ id: 'a' })
      const worker = await scene.worker()
      const first = await worker.claimOne()
      await worker.settle([first], { kind: 'release' })
      const second = await worker.claimOne()
      await worker.exchange({ holding: [first, second] })
      await worker.exchange({ holding: [second, first] })
      equal(await worker.settle([second], { kind: 'release' }), [], 'leaseLost')
    },
  },
  'of-this-worker': {
    title: 'jobs of other workers are left alone',
    async play(scene) {
      await scene.backend.enqueue(scene.jobs(2))
      const worker = await scene.worker('w')
      const other = await scene.worker('other')
      const kept = await other.claim({ limit: 1 })
      await worker.claim({ limit: 1 })
      await worker.exchange({ holding: [] })
      equal(await other.settle(kept, { kind: 'succeed', result: null }), [], 'leaseLost')
      equal((await other.claim()).length, 1, 'jobs given back')
    },
  },
  order: {
    title: 'one exchange settles, begins, gives back and claims, in this order',
    async play(scene) {
      await scene.backend.enqueue([
        scene.job({ id: 'ends' }),
        scene.job({ id: 'starts', maxAttempts: 1 }),
        scene.job({ id: 'unheard' }),
      ])
      const worker = await scene.worker('w', 1)
      const [ends, starts] = await worker.claim()
      if (ends === undefined || starts === undefined) return equal([ends, starts], 'two jobs', 'claimed')
      const settle = [{ job: ends, outcome: { kind: 'release' } as const }]
      const reply = await worker.exchange({
        settle,
        begin: [ends, starts],
        holding: [ends, starts],
        claim: CLAIM,
      })
      // What was settled is not active any more, so it cannot begin; and what was given back can be claimed at once.
      equal(reply.leaseLost, ['ends'], 'leaseLost')
      equal(ids(reply.claimed), ['ends', 'unheard'], 'claimed')
      await scene.pass(1.2)
      const rescued = await scene.rescue()
      equal(
        rescued.map((job) => [job.id, job.begun]).sort(),
        [
          ['ends', true],
          ['starts', true],
          ['unheard', true],
        ],
        'rescued',
      )
    },
  },
  wake: {
    title: 'what is given back wakes the workers of its queue',
    async play(scene) {
      await scene.add()
      const worker = await scene.worker()
      await worker.claim()
      const bell = await Bell.hang(scene.backend, { queues: ['default'] })
      await bell.ringsFor('jobs', 'a job that is given back', () => worker.exchange({ holding: [] }))
      await bell.remove()
    },
  },
  'nothing-asked': {
    title: 'without it nothing is given back',
    async play(scene) {
      await scene.backend.enqueue(scene.jobs(3))
      const worker = await scene.worker()
      const jobs = await worker.claim()
      await worker.exchange({ holding: null, claim: CLAIM })
      equal(await worker.settle(jobs, { kind: 'succeed', result: null }), [], 'leaseLost')
    },
  },
})
