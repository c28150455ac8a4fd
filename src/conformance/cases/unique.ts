/**
 * Uniqueness: one job stands for many enqueues.
 * @module
 */
import type { JobState, NewJob, UniqueRule } from '../../contract/index.ts'
import { equal, matches, near } from '../expect.ts'
import { type Scene, type Script, topic } from '../scene.ts'
import { BOOM } from './settle.ts'

const UNFINISHED: readonly JobState[] = ['scheduled', 'pending', 'blocked', 'active', 'retrying']

function unique(rest: Partial<UniqueRule> = {}): { unique: UniqueRule } {
  return { unique: { key: 'key', forMs: null, states: UNFINISHED, conflict: 'skip', ...rest } }
}

function about(title: string, play: (scene: Scene) => Promise<void>): Script {
  return { title, facets: ['unique'], play }
}

/** With the records facet, since the case looks into the job. */
function looking(title: string, play: (scene: Scene) => Promise<void>): Script {
  return { title, facets: ['unique', 'records'], play }
}

const created = (id: string) => ({ id, outcome: 'created' })
const deduplicated = (id: string) => ({ id, outcome: 'deduplicated' })

export const uniqueCases = topic('unique', {
  skip: about('while the key is taken the holder stands for the new job', async (scene) => {
    equal(await scene.enqueue({ id: 'a', ...unique() }), created('a'), 'first')
    equal(await scene.enqueue({ id: 'b', payload: '2', ...unique() }), deduplicated('a'), 'second')
    equal(await scene.enqueue({ id: 'c', ...unique({ key: 'other' }) }), created('c'), 'another key')
    equal(await scene.enqueue({ id: 'd' }), created('d'), 'no key')
    const jobs = await (await scene.worker()).claim()
    equal(
      jobs.map((job) => [job.id, job.payload]),
      [
        ['a', '{}'],
        ['c', '{}'],
        ['d', '{}'],
      ],
      'jobs',
    )
  }),
  'in-one-batch': about('jobs of one batch see each other', async (scene) => {
    const batch = [
      scene.job({ id: 'a', ...unique() }),
      scene.job({ id: 'b', ...unique() }),
      scene.job({ id: 'a' }),
    ]
    equal(
      await scene.backend.enqueue(batch),
      [created('a'), deduplicated('a'), deduplicated('a')],
      'receipts',
    )
  }),
  'at-once': about('of many concurrent enqueues with one key exactly one creates a job', async (scene) => {
    const receipts = await Promise.all(Array.from({ length: 30 }, () => scene.enqueue(unique())))
    equal(receipts.filter((receipt) => receipt.outcome === 'created').length, 1, 'created')
    equal(new Set(receipts.map((receipt) => receipt.id)).size, 1, 'ids')
    equal((await (await scene.worker()).claim()).length, 1, 'jobs')
  }),
  'at-once-two-connections': {
    title: 'two connections create one job between them',
    facets: ['unique'],
    needs: ['reopen'],
    async play(scene) {
      const backends = [scene.backend, await scene.reopen()]
      const jobs = scene.jobs(20, unique())
      const calls = jobs.flatMap((job, at) => backends[at % 2]?.enqueue([job]) ?? [])
      const receipts = (await Promise.all(calls)).flat()
      equal(receipts.filter((receipt) => receipt.outcome === 'created').length, 1, 'created')
    },
  },
  'by-state': about('the key is taken in the given states only', async (scene) => {
    const worker = await scene.worker()
    const waiting = unique({ states: ['pending', 'scheduled'] })
    await scene.add({ id: 'a', ...waiting })
    equal(await scene.enqueue({ id: 'b', ...waiting }), deduplicated('a'), 'while pending')
    const job = await worker.claimOne()
    equal(await scene.enqueue({ id: 'c', ...waiting }), created('c'), 'while active')
    await worker.settle([job], { kind: 'succeed', result: null })
    equal(await scene.enqueue({ id: 'd', ...waiting }), deduplicated('c'), 'the new holder')
  }),
  'until-finished': about('a key taken until the end is free after it', async (scene) => {
    const worker = await scene.worker()
    await scene.add({ id: 'a', ...unique() })
    const first = await worker.claimOne()
    equal(await scene.enqueue(unique()), deduplicated('a'), 'while active')
    await worker.settle([first], { kind: 'retry', delayMs: 0, error: BOOM })
    equal(await scene.enqueue(unique()), deduplicated('a'), 'while retrying')
    await worker.settle([await worker.claimOne()], {
      kind: 'fail',
      reason: 'exhausted',
      error: BOOM,
      counts: true,
    })
    equal(await scene.enqueue({ id: 'b', ...unique() }), created('b'), 'after failure')
  }),
  'for-a-time': about(
    'a key taken for a time is taken whatever becomes of the job, and then free',
    async (scene) => {
      const worker = await scene.worker()
      const rule = unique({ forMs: 2 * scene.unit, states: [] })
      await scene.add({ id: 'a', ...rule })
      await worker.settle([await worker.claimOne()], { kind: 'succeed', result: null })
      equal(await scene.enqueue(rule), deduplicated('a'), 'within the time')
      await scene.pass(2.2)
      equal(await scene.enqueue({ id: 'b', ...rule }), created('b'), 'after it')
    },
  ),
  'time-or-state': about('with both the key is taken while either holds', async (scene) => {
    const worker = await scene.worker()
    const rule = unique({ forMs: scene.unit })
    await scene.add({ id: 'a', ...rule })
    await scene.pass(1.2)
    equal(await scene.enqueue(rule), deduplicated('a'), 'time over, still pending')
    await worker.settle([await worker.claimOne()], { kind: 'succeed', result: null })
    equal(await scene.enqueue({ id: 'b', ...rule }), created('b'), 'finished')
    await worker.settle([await worker.claimOne()], { kind: 'succeed', result: null })
    equal(await scene.enqueue(rule), deduplicated('b'), 'finished within the time')
  }),
  'holder-decides': about(
    'the holder’s rule says when the key is free, the newcomer’s what happens',
    async (scene) => {
      await scene.add({ id: 'a', ...unique({ states: [], forMs: scene.unit }) })
      equal(
        await scene.enqueue(unique({ states: UNFINISHED, conflict: 'replace' })),
        { id: 'a', outcome: 'replaced' },
        'taken',
      )
      await scene.pass(1.2)
      equal(await scene.enqueue({ id: 'b', ...unique() }), created('b'), 'free by the holder’s rule')
    },
  ),
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
  deleted: looking('a deleted holder frees its key, even within the time', async (scene) => {
    await scene.add({ id: 'a', ...unique({ forMs: 100 * scene.unit }) })
    await scene.facet('records').delete(['a'])
    equal(await scene.enqueue({ id: 'b', ...unique() }), created('b'), 'receipt')
  }),
  holders: about('holders names who holds each key now', async (scene) => {
    await scene.add({ id: 'a', ...unique({ key: 'k1' }) })
    await scene.add({ id: 'b', ...unique({ key: 'k2' }) })
    const worker = await scene.worker()
    await worker.settle([await worker.claimOne()], { kind: 'succeed', result: null })
    equal(await scene.facet('unique').holders(['k2', 'nobody', 'k1']), ['b', null, null], 'holders')
  }),
  release: about('a released key is free, and the job goes on', async (scene) => {
    await scene.add({ id: 'a', ...unique({ forMs: 100 * scene.unit }) })
    await scene.facet('unique').release(['key', 'nobody'])
    equal(await scene.facet('unique').holders(['key']), [null], 'holders')
    equal(await scene.enqueue({ id: 'b', ...unique() }), created('b'), 'next enqueue')
    equal(
      (await (await scene.worker()).claim()).map((job) => job.id),
      ['a', 'b'],
      'jobs',
    )
  }),
  expired: about('a job that expired before anybody met it does not hold its key by state', async (scene) => {
    await scene.add({ id: 'a', expiresInMs: scene.unit, ...unique() })
    await scene.pass(1.2)
    equal(await scene.facet('unique').holders(['key']), [null], 'holders')
    equal(await scene.enqueue({ id: 'b', ...unique() }), created('b'), 'receipt')
    equal(
      (await (await scene.worker()).claim()).map((job) => job.id),
      ['b'],
      'jobs',
    )
  }),
  requeued: looking('a requeued job holds its key again, unless another took it meanwhile', async (scene) => {
    const worker = await scene.worker()
    const run = async () => worker.settle([await worker.claimOne()], { kind: 'succeed', result: null })
    await scene.add({ id: 'a', ...unique() })
    await run()
    await scene.facet('records').requeue(['a'])
    equal(await scene.enqueue(unique()), deduplicated('a'), 'a holds again')
    await run()
    await scene.add({ id: 'b', ...unique() })
    await scene.facet('records').requeue(['a'])
    equal(await scene.facet('unique').holders(['key']), ['b'], 'b holds')
    await scene.facet('records').delete(['b'])
    equal(await scene.facet('unique').holders(['key']), [null], 'after b is gone')
  }),
  'same-id': about('a known id is answered as such, whatever its key', async (scene) => {
    await scene.add({ id: 'a', ...unique({ key: 'k1' }) })
    await scene.add({ id: 'b', ...unique({ key: 'k2' }) })
    const again = unique({ key: 'k1', conflict: 'replace' })
    equal(await scene.enqueue({ id: 'b', payload: '2', ...again }), deduplicated('b'), 'receipt')
    equal(
      (await (await scene.worker()).claim()).map((job) => job.payload),
      ['{}', '{}'],
      'payloads',
    )
  }),
})
