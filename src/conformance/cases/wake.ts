/**
 * Wake-ups: nobody sleeps past something of interest.
 * @module
 */
import { Bell } from '../bell.ts'
import { equal, ok } from '../expect.ts'
import { topic } from '../scene.ts'
import { BOOM } from './settle.ts'

export const wakeCases = topic('wake', {
  enqueue: {
    title: 'an enqueued job wakes those who wait for its queue',
    async play(scene) {
      const a = await Bell.hang(scene.backend, { queues: ['x', 'a'] })
      const b = await Bell.hang(scene.backend, { queues: ['a'] })
      await a.ringsFor('jobs', 'enqueue', () => scene.add({ queue: 'a' }))
      await b.ringsFor('jobs', 'enqueue again', () => scene.backend.enqueue(scene.jobs(50, { queue: 'a' })))
      await a.remove()
      await b.remove()
    },
  },
  'enqueue-delayed': {
    title: 'a delayed job wakes too, since a sleeper may have to get up earlier now',
    async play(scene) {
      const bell = await Bell.hang(scene.backend, { queues: ['default'] })
      await bell.ringsFor('jobs', 'a delayed job', () => scene.add({ delayMs: 100 * scene.unit }))
      await bell.remove()
    },
  },
  'given-back': {
    title: 'retry, snooze, release and rescue wake',
    async play(scene) {
      await scene.backend.enqueue(scene.jobs(4))
      const worker = await scene.worker('w')
      const [a, b, c] = await worker.claim({ limit: 3 })
      ok(a !== undefined && b !== undefined && c !== undefined, 'three jobs are claimed')
      const dead = await scene.worker('dead')
      await dead.claimOne()
      const bell = await Bell.hang(scene.backend, { queues: ['default'] })
      await bell.ringsFor('jobs', 'release', () => worker.settle([a], { kind: 'release' }))
      await bell.ringsFor('jobs', 'retry', () =>
        worker.settle([b], { kind: 'retry', delayMs: scene.unit, error: BOOM }),
      )
      await bell.ringsFor('jobs', 'snooze', () => worker.settle([c], { kind: 'snooze', delayMs: scene.unit }))
      await scene.backend.retire('dead')
      await bell.ringsFor('jobs', 'rescue', () => scene.rescue())
      await bell.remove()
    },
  },
  corrections: {
    title: 'requeue and reschedule wake',
    facets: ['records'],
    async play(scene) {
      const id = await scene.add({ delayMs: 100 * scene.unit })
      const records = scene.facet('records')
      const bell = await Bell.hang(scene.backend, { queues: ['default'] })
      const soon = (await scene.now()) + scene.unit
      await bell.ringsFor('jobs', 'reschedule', () => records.reschedule([id], soon))
      await bell.ringsFor('jobs', 'requeue', () => records.requeue([id]))
      await bell.remove()
    },
  },
  resume: {
    title: 'resuming a queue wakes',
    facets: ['limits'],
    async play(scene) {
      await scene.facet('limits').pause(['default'])
      await scene.add()
      const bell = await Bell.hang(scene.backend, { queues: ['default'] })
      await bell.ringsFor('jobs', 'resume', () => scene.facet('limits').resume(['default']))
      await bell.remove()
    },
  },
  settled: {
    title: 'the end of a job wakes those who wait for one',
    async play(scene) {
      await scene.backend.enqueue(scene.jobs(3))
      const worker = await scene.worker()
      const [a, b, c] = await worker.claim()
      ok(a !== undefined && b !== undefined && c !== undefined, 'three jobs are claimed')
      const bell = await Bell.hang(scene.backend, { settled: true })
      await bell.ringsFor('settled', 'success', () => worker.settle([a], { kind: 'succeed', result: null }))
      await bell.ringsFor('settled', 'failure', () =>
        worker.settle([b], { kind: 'fail', reason: 'exhausted', error: BOOM, counts: true }),
      )
      await bell.ringsFor('settled', 'cancellation', () =>
        worker.settle([c], { kind: 'cancel', reason: 'requested', error: null }),
      )
      await bell.remove()
    },
  },
  'settled-by-others': {
    title: 'a job cancelled while it waits, or failed by a rescue, wakes those who wait for its end',
    facets: ['records'],
    async play(scene) {
      await scene.add({ id: 'a' })
      await scene.add({ id: 'b', maxAttempts: 1, queue: 'other' })
      await (await scene.worker('dead')).startOne(['other'])
      const bell = await Bell.hang(scene.backend, { settled: true })
      await bell.ringsFor('settled', 'cancel', () => scene.facet('records').cancel(['a'], 'requested'))
      await scene.backend.retire('dead')
      await bell.ringsFor('settled', 'rescue', () => scene.rescue())
      await bell.remove()
    },
  },
  control: {
    title: 'a command wakes the worker it is for',
    facets: ['control'],
    async play(scene) {
      await scene.add({ id: 'a' })
      const worker = await scene.worker('w')
      await worker.claimOne()
      const bell = await Bell.hang(scene.backend, { workerId: 'w' })
      await bell.ringsFor('control', 'send', () => scene.facet('control').send('w', { kind: 'quiet' }))
      await bell.ringsFor('control', 'requestCancel', () => scene.facet('control').requestCancel(['a']))
      await bell.remove()
    },
  },
  'other-connection': {
    title: 'wakes reach other connections',
    needs: ['reopen'],
    async play(scene) {
      const bell = await Bell.hang(await scene.reopen(), { queues: ['default'], settled: true })
      await bell.ringsFor('jobs', 'enqueue', () => scene.add())
      const worker = await scene.worker()
      const job = await worker.claimOne()
      await bell.ringsFor('settled', 'success', () => worker.settle([job], { kind: 'succeed', result: null }))
      await bell.remove()
    },
  },
  'not-from-inside': {
    title: 'a wake never comes from inside the call that causes it',
    async play(scene) {
      let inside = false
      let from = 0
      const stop = await scene.backend.subscribe({ queues: ['default'] }, () => {
        if (inside) from += 1
      })
      for (let call = 0; call < 5; call += 1) {
        inside = true
        const stored = scene.add()
        inside = false
        await stored
      }
      await stop()
      equal(from, 0, 'wakes from inside')
    },
  },
  unsubscribe: {
    title: 'after unsubscribing nothing comes, and doing so twice is harmless',
    async play(scene) {
      const heard: string[] = []
      const stop = await scene.backend.subscribe({ queues: ['default'], settled: true }, (topic) =>
        heard.push(topic),
      )
      await scene.add()
      await stop()
      await stop()
      const bell = await Bell.hang(scene.backend, { queues: ['default'] })
      await bell.quiet()
      heard.length = 0
      await bell.ringsFor('jobs', 'enqueue', () => scene.add())
      await bell.remove()
      equal(heard, [], 'wakes after the end')
    },
  },
})
