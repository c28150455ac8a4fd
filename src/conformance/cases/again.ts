/**
 * Jobs that come again: retry, snooze, release.
 * @module
 */
import type { Outcome } from '../../contract/index.ts'
import { equal, matches, near } from '../expect.ts'
import { topic } from '../scene.ts'
import { BOOM } from './settle.ts'

export const againCases = topic('again', {
  retry: {
    title: 'a retried job waits for its delay and then runs as its next attempt',
    async play(scene) {
      const id = await scene.add()
      const worker = await scene.worker()
      await worker.settle([await worker.claimOne()], { kind: 'retry', delayMs: 2 * scene.unit, error: BOOM })
      equal(await worker.claim(), [], 'at once')
      await scene.pass(2.2)
      matches(await worker.claimOne(), { id, attempt: 2 }, 'when due')
    },
  },
  'retry-record': {
    title: 'a retried job keeps its error and the attempt’s record',
    facets: ['records'],
    async play(scene) {
      const id = await scene.add()
      const worker = await scene.worker()
      await worker.settle([await worker.claimOne()], { kind: 'retry', delayMs: 5 * scene.unit, error: BOOM })
      const record = await scene.read(id)
      matches(
        record,
        { state: 'retrying', attempt: 1, error: BOOM, reason: null, finishedAt: null, lost: 0 },
        'job',
      )
      near(record.dueAt, (await scene.now()) + 5 * scene.unit, scene.tolerance, 'dueAt')
      const attempts = await scene.facet('records').attempts(id)
      equal(attempts.length, 1, 'attempts')
      matches(attempts[0], { attempt: 1, outcome: 'retried', worker: worker.id, error: BOOM }, 'attempt')
      near(attempts[0]?.finishedAt ?? null, await scene.now(), scene.tolerance, 'the attempt’s end')
    },
  },
  'retry-at-once': {
    title: 'a retry without delay is claimable at once, behind what was due before',
    async play(scene) {
      await scene.add({ id: 'a' })
      const worker = await scene.worker()
      const job = await worker.claimOne()
      await scene.add({ id: 'b' })
      await scene.pass(0.1)
      await worker.settle([job], { kind: 'retry', delayMs: 0, error: BOOM })
      equal(
        (await worker.claim()).map((claimed) => [claimed.id, claimed.attempt]),
        [
          ['b', 1],
          ['a', 2],
        ],
        'order',
      )
    },
  },
  'retry-beyond-max': {
    title: 'the engine decides on attempts: a retry is stored even after the last one',
    async play(scene) {
      await scene.add({ maxAttempts: 1 })
      const worker = await scene.worker()
      await worker.settle([await worker.claimOne()], { kind: 'retry', delayMs: 0, error: BOOM })
      matches(await worker.claimOne(), { attempt: 2, maxAttempts: 1 }, 'job')
    },
  },
  snooze: {
    title: 'a snoozed job waits, and its attempt neither counts nor is recorded',
    async play(scene) {
      const id = await scene.add()
      const worker = await scene.worker()
      await worker.settle([await worker.claimOne()], { kind: 'snooze', delayMs: 2 * scene.unit })
      equal(await worker.claim(), [], 'at once')
      if (scene.backend.records !== undefined) {
        matches(await scene.read(id), { state: 'scheduled', attempt: 0, error: null }, 'job')
        equal(await scene.backend.records.attempts(id), [], 'attempts')
      }
      await scene.pass(2.2)
      matches(await worker.claimOne(), { id, attempt: 1 }, 'when due')
    },
  },
  release: {
    title: 'a released job is claimable at once, and its attempt neither counts nor is recorded',
    async play(scene) {
      const id = await scene.add()
      const worker = await scene.worker()
      await worker.settle([await worker.claimOne()], { kind: 'release' })
      if (scene.backend.records !== undefined) {
        matches(await scene.read(id), { state: 'pending', attempt: 0 }, 'job')
        equal(await scene.backend.records.attempts(id), [], 'attempts')
      }
      matches(await worker.claimOne(), { id, attempt: 1 }, 'claimed again')
    },
  },
  'release-keeps-place': {
    title: 'a released job stands at its old place in the line',
    async play(scene) {
      await scene.add({ id: 'a' })
      const worker = await scene.worker()
      const job = await worker.claimOne()
      await scene.pass(0.1)
      await scene.add({ id: 'b' })
      await worker.settle([job], { kind: 'release' })
      equal(
        (await worker.claim()).map((claimed) => claimed.id),
        ['a', 'b'],
        'order',
      )
    },
  },
  'many-attempts': {
    title: 'attempts are counted and recorded one by one',
    facets: ['records'],
    async play(scene) {
      const id = await scene.add()
      const worker = await scene.worker()
      const outcomes: Outcome[] = [
        { kind: 'retry', delayMs: 0, error: BOOM },
        { kind: 'release' },
        { kind: 'snooze', delayMs: 0 },
        { kind: 'retry', delayMs: 0, error: BOOM },
      ]
      for (const outcome of outcomes) await worker.settle([await worker.claimOne()], outcome)
      const last = await worker.claimOne()
      equal(last.attempt, 3, 'attempt')
      const seen = async () =>
        (await scene.facet('records').attempts(id)).map((entry) => [entry.attempt, entry.outcome])
      const ended = [
        [1, 'retried'],
        [2, 'retried'],
      ]
      equal(await seen(), [...ended, [3, 'running']], 'attempts while it runs')
      await worker.settle([last], { kind: 'succeed', result: null })
      equal(await seen(), [...ended, [3, 'succeeded']], 'attempts at the end')
      matches(await scene.read(id), { error: null, attempt: 3 }, 'job')
    },
  },
})
