/**
 * Uniqueness: what happens to a job whose key a newcomer brings again.
 * @module
 */
import type { NewJob } from '../../contract/index.ts'
import { equal, matches, near } from '../expect.ts'
import { topic } from '../scene.ts'
import { BOOM } from './settle.ts'
import { about, deduplicated, looking, unique } from './unique-rule.ts'

export const uniqueConflictCases = topic('unique', {
  replace: looking(
    'replace gives the waiting job the new input and options; id, task and times stay',
    async (scene) => {
      await scene.add({
        id: 'a',
        queue: 'old',
        delayMs: 50 * scene.unit,
        tags: ['old'],
        meta: { old: 1 },
        ...unique(),
      })
      const before = await scene.read('a')
      await scene.pass(1)
      const retry = { backoff: 'fixed', delayMs: 1, maxDelayMs: 1, jitter: false } as const
      const options = {
        queue: 'new',
        priority: 9,
        payload: '"new"',
        version: 4,
        maxAttempts: 2,
        timeoutMs: 77,
        retry,
        tags: ['new'],
        meta: null,
      }
      const job: Partial<NewJob> = {
        id: 'b',
        ...options,
        expiresInMs: 80 * scene.unit,
        ...unique({ conflict: 'replace' }),
      }
      equal(await scene.enqueue(job), { id: 'a', outcome: 'replaced' }, 'receipt')
      const { id, task, state, createdAt, dueAt } = before
      const record = await scene.read('a')
      matches(record, { id, task, state, createdAt, dueAt, attempt: 0, ...options }, 'job')
      near(record.expiresAt, (await scene.now()) + 80 * scene.unit, scene.tolerance, 'expiresAt')
      equal((await scene.facet('records').get(['b']))[0], null, 'the new id')
      const counts = (await scene.facet('records').counts()).filter((entry) => entry.count > 0)
      equal(counts, [{ queue: 'new', state: 'scheduled', count: 1 }], 'counts')
      equal(
        (await scene.list({ tags: ['old'] }, { limit: 5, after: null, order: 'newest' })).jobs,
        [],
        'by the old tag',
      )
      equal(
        (await scene.list({ tags: ['new'] }, { limit: 5, after: null, order: 'newest' })).jobs.length,
        1,
        'by the new tag',
      )
    },
  ),
  'replaced-is-claimed': about(
    'a replaced job is claimed once, as the new one, from the new queue',
    async (scene) => {
      await scene.add({ id: 'a', queue: 'old', ...unique() })
      await scene.add({ queue: 'new', payload: '2', priority: 5, ...unique({ conflict: 'replace' }) })
      const jobs = await (await scene.worker()).claim({ from: ['old', 'new'] })
      equal(
        jobs.map(({ id, queue, payload }) => [id, queue, payload]),
        [['a', 'new', '2']],
        'jobs',
      )
    },
  ),
  'no-longer-waiting': about(
    'replace and reschedule leave a job alone that runs, or finished within the time',
    async (scene) => {
      const worker = await scene.worker()
      const rule = { forMs: 100 * scene.unit, conflict: 'replace' } as const
      await scene.add({ id: 'a', payload: '1', ...unique(rule) })
      const job = await worker.claimOne()
      equal(await scene.enqueue({ payload: '2', ...unique(rule) }), deduplicated('a'), 'replace while active')
      equal(
        await scene.enqueue(unique({ ...rule, conflict: 'reschedule' })),
        deduplicated('a'),
        'reschedule while active',
      )
      await worker.settle([job], { kind: 'succeed', result: null })
      equal(
        await scene.enqueue({ payload: '3', ...unique(rule) }),
        deduplicated('a'),
        'replace after the end',
      )
      equal(await worker.claim(), [], 'nothing to claim')
    },
  ),
  reschedule: looking('reschedule debounces: each new call starts the wait anew', async (scene) => {
    const call = (payload: string) =>
      scene.enqueue({ payload, delayMs: 2 * scene.unit, ...unique({ conflict: 'reschedule' }) })
    const { id } = await call('1')
    const worker = await scene.worker()
    for (const payload of ['2', '3', '4']) {
      await scene.pass(1.3)
      equal(await worker.claim(), [], `before call ${payload}`)
      equal(await call(payload), { id, outcome: 'rescheduled' }, `call ${payload}`)
    }
    near((await scene.read(id)).dueAt, (await scene.now()) + 2 * scene.unit, scene.tolerance, 'dueAt')
    await scene.pass(2.2)
    equal(
      (await worker.claim()).map((job) => [job.id, job.payload]),
      [[id, '4']],
      'jobs',
    )
  }),
  'reschedule-states': looking(
    'a rescheduled job is scheduled or pending by its new due time',
    async (scene) => {
      await scene.add({ id: 'a', delayMs: 50 * scene.unit, ...unique() })
      await scene.enqueue(unique({ conflict: 'reschedule' }))
      matches(await scene.read('a'), { state: 'pending' }, 'due at once')
      await scene.enqueue({ delayMs: 9 * scene.unit, ...unique({ conflict: 'reschedule' }) })
      matches(await scene.read('a'), { state: 'scheduled' }, 'due later')
      const worker = await scene.worker()
      equal(await worker.claim(), [], 'claimed')
      await scene.pass(9.2)
      await worker.settle([await worker.claimOne()], { kind: 'retry', delayMs: 50 * scene.unit, error: BOOM })
      await scene.enqueue({ delayMs: 9 * scene.unit, ...unique({ conflict: 'reschedule' }) })
      matches(
        await scene.read('a'),
        { state: 'scheduled', attempt: 1, error: BOOM },
        'after a failed attempt',
      )
    },
  ),
})
