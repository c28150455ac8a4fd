/**
 * Storing jobs: receipts, idempotency, batches, due times.
 * @module
 */
import type { Backend, NewJob } from '../../contract/index.ts'
import { equal, matches, near, ok } from '../expect.ts'
import { type Scene, topic } from '../scene.ts'

/** Claims everything of queue `default`, a page at a time. */
async function drain(scene: Scene, id = 'drainer'): Promise<string[]> {
  const worker = await scene.worker(id)
  const ids: string[] = []
  for (;;) {
    const jobs = await worker.claim({ limit: 1_000 })
    if (jobs.length === 0) return ids
    ids.push(...jobs.map((job) => job.id))
  }
}

export const enqueueCases = topic('enqueue', {
  created: {
    title: 'receipts say created, in the order of the jobs',
    async play(scene) {
      const receipts = await scene.backend.enqueue([scene.job({ id: 'b' }), scene.job({ id: 'a' })])
      equal(
        receipts,
        [
          { id: 'b', outcome: 'created' },
          { id: 'a', outcome: 'created' },
        ],
        'receipts',
      )
      equal(await drain(scene), ['b', 'a'], 'jobs claimed')
    },
  },
  'claimed-whole': {
    title: 'a claimed job has all that was enqueued',
    async play(scene) {
      const options: Partial<NewJob> = {
        task: 'send-mail',
        priority: 7,
        payload: '{"to":"a"}',
        version: 3,
        maxAttempts: 9,
        timeoutMs: 1_234,
        retry: { backoff: 'linear', delayMs: 10, maxDelayMs: 99, jitter: true },
        tags: ['one', 'two'],
        meta: { trace: 'x', deep: { list: [1, null, true] } },
      }
      const before = await scene.now()
      const id = await scene.add(options)
      const job = await (await scene.worker()).claimOne()
      const { priority, payload, version, maxAttempts, timeoutMs, retry, tags, meta } = options
      const fields = { priority, payload, version, maxAttempts, timeoutMs, retry, tags, meta }
      matches(
        job,
        { id, task: 'send-mail', queue: 'default', attempt: 1, expiresAt: null, ...fields },
        'claimed job',
      )
      near(job.createdAt, before, scene.tolerance, 'createdAt is the store’s time')
      equal(job.dueAt, job.createdAt, 'dueAt of a job without delay')
      ok(Number.isSafeInteger(job.token) && job.token > 0, 'the token is a positive integer')
    },
  },
  'empty-batch': {
    title: 'an empty batch stores nothing and answers nothing',
    async play(scene) {
      equal(await scene.backend.enqueue([]), [], 'receipts')
    },
  },
  'same-id': {
    title: 'enqueueing an id again stores nothing and changes nothing',
    async play(scene) {
      await scene.add({ id: 'a', payload: '1', priority: 1 })
      equal(
        await scene.enqueue({ id: 'a', payload: '2', priority: 9 }),
        { id: 'a', outcome: 'deduplicated' },
        'receipt',
      )
      const jobs = await (await scene.worker()).claim()
      equal(
        jobs.map(({ id, payload, priority }) => ({ id, payload, priority })),
        [{ id: 'a', payload: '1', priority: 1 }],
        'jobs',
      )
    },
  },
  'same-id-in-batch': {
    title: 'of one id twice in a batch the first counts',
    async play(scene) {
      const batch = [
        scene.job({ id: 'a', payload: '1' }),
        scene.job({ id: 'a', payload: '2' }),
        scene.job({ id: 'b' }),
      ]
      const outcomes = (await scene.backend.enqueue(batch)).map((receipt) => receipt.outcome)
      equal(outcomes, ['created', 'deduplicated', 'created'], 'outcomes')
      const jobs = await (await scene.worker()).claim()
      equal(
        jobs.map((job) => job.payload),
        ['1', '{}'],
        'payloads',
      )
    },
  },
  'same-id-running-or-finished': {
    title: 'an id is known while its job runs and after it finished',
    async play(scene) {
      const worker = await scene.worker()
      await scene.add({ id: 'a' })
      const job = await worker.claimOne()
      equal((await scene.enqueue({ id: 'a' })).outcome, 'deduplicated', 'while active')
      await worker.settle([job], { kind: 'succeed', result: null })
      equal((await scene.enqueue({ id: 'a' })).outcome, 'deduplicated', 'after success')
      equal(await worker.claim(), [], 'nothing to claim')
    },
  },
  'same-id-at-once': {
    title: 'of many concurrent enqueues of one id exactly one creates the job',
    async play(scene) {
      const receipts = await Promise.all(Array.from({ length: 30 }, () => scene.enqueue({ id: 'a' })))
      equal(receipts.filter((receipt) => receipt.outcome === 'created').length, 1, 'created')
      equal(await drain(scene), ['a'], 'jobs')
    },
  },
  'many-calls-at-once': {
    title: 'concurrent calls store every job once',
    async play(scene) {
      const batches = Array.from({ length: 40 }, () => scene.jobs(25))
      await Promise.all(batches.map((batch) => scene.backend.enqueue(batch)))
      equal(
        (await drain(scene)).sort(),
        batches
          .flat()
          .map((job) => job.id)
          .sort(),
        'jobs',
      )
    },
  },
  'large-batch': {
    title: 'a batch of 5,000 jobs is stored whole and in order',
    async play(scene) {
      const batch = scene.jobs(5_000)
      const receipts = await scene.backend.enqueue(batch)
      ok(
        receipts.every(
          ({ outcome }, index) => outcome === 'created' && receipts[index]?.id === batch[index]?.id,
        ),
        'receipts',
      )
      equal(
        await drain(scene),
        batch.map((job) => job.id),
        'jobs',
      )
    },
  },
  'other-connection': {
    title: 'a job enqueued through one connection is claimed through another',
    needs: ['reopen'],
    async play(scene) {
      const other: Backend = await scene.reopen()
      const id = await scene.add()
      equal((await (await scene.worker('far', 1_000, other)).claimOne()).id, id, 'job')
      equal((await other.enqueue([scene.job({ id })]))[0]?.outcome, 'deduplicated', 'the same id there')
    },
  },
  delay: {
    title: 'a delayed job is claimed once its time has come',
    async play(scene) {
      const id = await scene.add({ delayMs: 2 * scene.unit })
      const worker = await scene.worker()
      equal(await worker.claim(), [], 'at once')
      await scene.pass(1)
      equal(await worker.claim(), [], 'half way')
      await scene.pass(1.2)
      const job = await worker.claimOne()
      equal(job.id, id, 'when due')
      near(job.dueAt - job.createdAt, 2 * scene.unit, 0, 'dueAt')
    },
  },
  'due-at': {
    title: 'dueAt goes before delayMs, and one that has passed is due at once',
    async play(scene) {
      const now = await scene.now()
      await scene.add({ id: 'later', dueAt: now + 2 * scene.unit, delayMs: 0 })
      await scene.add({ id: 'past', dueAt: now - 5_000, delayMs: 100 * scene.unit })
      const worker = await scene.worker()
      const jobs = await worker.claim()
      equal(
        jobs.map(({ id, dueAt }) => ({ id, dueAt })),
        [{ id: 'past', dueAt: now - 5_000 }],
        'due now',
      )
      await scene.pass(2.2)
      equal((await worker.claimOne()).dueAt, now + 2 * scene.unit, 'dueAt of the later one')
    },
  },
  'due-exactly': {
    title: 'a job is due from its very millisecond on',
    async play(scene) {
      if (scene.harness.clock === undefined) return
      const now = await scene.now()
      await scene.add({ dueAt: now + 100 })
      const worker = await scene.worker()
      await scene.harness.clock.advance(99)
      equal((await worker.claim()).length, 0, '1 ms before')
      await scene.harness.clock.advance(1)
      equal((await worker.claim()).length, 1, 'at its time')
    },
  },
  'not-by-reference': {
    title: 'what a caller changes later in a job it handed in is not stored',
    async play(scene) {
      const tags = ['a']
      const meta = { list: [1] }
      const job = scene.job({ tags, meta })
      await scene.backend.enqueue([job])
      tags.push('b')
      meta.list.push(2)
      const claimed = await (await scene.worker()).claimOne()
      matches(claimed, { tags: ['a'], meta: { list: [1] } }, 'claimed job')
    },
  },
})
