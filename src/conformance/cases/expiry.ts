/**
 * Jobs that must not start too late.
 * @module
 */
import { equal, matches, near } from '../expect.ts'
import { topic } from '../scene.ts'
import { BOOM } from './settle.ts'

export const expiryCases = topic('expiry', {
  'too-late': {
    title: 'an expired job is never claimed',
    async play(scene) {
      await scene.add({ id: 'in', expiresInMs: scene.unit })
      await scene.add({
        id: 'at',
        expiresAt: (await scene.now()) + scene.unit,
        expiresInMs: 100 * scene.unit,
      })
      await scene.add({ id: 'past', expiresAt: (await scene.now()) - 1 })
      await scene.pass(1.2)
      equal(await (await scene.worker()).claim(), [], 'claimed')
    },
  },
  'in-time': {
    title: 'a job is claimed before its expiry and may then run on',
    async play(scene) {
      await scene.add({ expiresInMs: scene.unit })
      const worker = await scene.worker()
      const job = await worker.claimOne()
      near(job.expiresAt, job.createdAt + scene.unit, 0, 'expiresAt')
      await scene.pass(1.2)
      equal(await worker.settle([job], { kind: 'succeed', result: null }), [], 'leaseLost')
    },
  },
  'not-in-the-way': {
    title: 'expired jobs take no room from those behind them',
    async play(scene) {
      await scene.backend.enqueue(scene.jobs(300, { expiresInMs: scene.unit, priority: 5 }))
      const id = await scene.add()
      await scene.pass(1.2)
      equal(
        (await (await scene.worker()).claim({ limit: 1 })).map((job) => job.id),
        [id],
        'claimed',
      )
    },
  },
  cancelled: {
    title: 'an exchange with room cancels the expired jobs it meets',
    facets: ['records'],
    async play(scene) {
      const id = await scene.add({ expiresInMs: scene.unit })
      await scene.pass(1.2)
      await (await scene.worker()).claim()
      const record = await scene.read(id)
      matches(record, { state: 'cancelled', reason: 'expired', attempt: 0, startedAt: null }, 'job')
      near(record.finishedAt, await scene.now(), scene.tolerance, 'finishedAt')
    },
  },
  'while-retrying': {
    title: 'a job that expires between its attempts is not tried again',
    async play(scene) {
      const id = await scene.add({ expiresInMs: scene.unit })
      const worker = await scene.worker()
      await worker.settle([await worker.claimOne()], {
        kind: 'retry',
        delayMs: 0.5 * scene.unit,
        error: BOOM,
      })
      await scene.pass(1.2)
      equal(await worker.claim(), [], 'claimed')
      if (scene.backend.records === undefined) return
      matches(await scene.read(id), { state: 'cancelled', reason: 'expired', attempt: 1, error: BOOM }, 'job')
    },
  },
  requeue: {
    title: 'requeue lifts an expiry that has passed and keeps one to come',
    facets: ['records'],
    async play(scene) {
      const worker = await scene.worker()
      await scene.add({ id: 'met', expiresInMs: scene.unit })
      await scene.pass(1.2)
      await worker.claim()
      await scene.add({ id: 'unmet', expiresInMs: scene.unit })
      const later = await scene.add({ id: 'later', expiresInMs: 100 * scene.unit, delayMs: 50 * scene.unit })
      await scene.pass(1.2)
      const receipts = await scene.facet('records').requeue(['met', 'unmet', later])
      equal(
        receipts.map((receipt) => receipt.outcome),
        ['done', 'done', 'done'],
        'receipts',
      )
      equal((await scene.read('met')).expiresAt, null, 'an expiry that has passed')
      equal((await scene.read(later)).expiresAt !== null, true, 'an expiry to come is kept')
      equal((await worker.claim()).map((job) => job.id).sort(), ['later', 'met', 'unmet'], 'claimed')
    },
  },
})
