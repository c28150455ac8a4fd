/**
 * Uniqueness: when a key is taken, and by whom.
 * @module
 */
import { equal } from '../expect.ts'
import { topic } from '../scene.ts'
import { BOOM } from './settle.ts'
import { about, created, deduplicated, looking, UNFINISHED, unique } from './unique-rule.ts'

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
  deleted: looking('a deleted holder frees its key, even within the time', async (scene) => {
    await scene.add({ id: 'a', ...unique({ forMs: 100 * scene.unit }) })
    await scene.facet('records').delete(['a'])
    equal(await scene.enqueue({ id: 'b', ...unique() }), created('b'), 'receipt')
  }),
  'id-reused': looking(
    'an id used again after a delete does not inherit the key of its first life',
    async (scene) => {
      await scene.add({ id: 'a', ...unique() })
      await scene.facet('records').delete(['a'])
      await scene.add({ id: 'a' })
      equal(await scene.facet('unique').holders(['key']), [null], 'holders')
      equal(await scene.enqueue({ id: 'b', ...unique() }), created('b'), 'receipt')
    },
  ),
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
