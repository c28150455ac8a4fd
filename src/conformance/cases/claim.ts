/**
 * Which jobs a worker gets, and in which order.
 * @module
 */
import { equal, matches, near } from '../expect.ts'
import { exchangeRequest } from '../request.ts'
import { topic } from '../scene.ts'

export const claimCases = topic('claim', {
  priority: {
    title: 'the higher priority comes first, stored order within one',
    async play(scene) {
      const priorities = [0, -100, 5, 100, 5, 0, -1]
      await scene.backend.enqueue(priorities.map((priority, at) => scene.job({ id: `${at}`, priority })))
      const ids = (await (await scene.worker()).claim()).map((job) => job.id)
      equal(ids, ['3', '2', '4', '0', '5', '6', '1'], 'order')
    },
  },
  'due-before-stored': {
    title: 'within a priority the earlier due time comes first, then the order of storing',
    async play(scene) {
      const now = await scene.now()
      const due = [now - 10, now - 30, now - 20, now - 30, now - 10]
      await scene.backend.enqueue(due.map((dueAt, at) => scene.job({ id: `${at}`, dueAt })))
      equal(
        (await (await scene.worker()).claim()).map((job) => job.id),
        ['1', '3', '2', '0', '4'],
        'order',
      )
    },
  },
  'delayed-in-line': {
    title: 'a delayed job that became due stands where its priority and due time say',
    async play(scene) {
      await scene.add({ id: 'first', delayMs: scene.unit })
      await scene.add({ id: 'high', delayMs: 2 * scene.unit, priority: 1 })
      await scene.add({ id: 'second', delayMs: 1.5 * scene.unit })
      await scene.pass(2.5)
      await scene.add({ id: 'last' })
      const worker = await scene.worker()
      const order = [await worker.claimOne(), await worker.claimOne(), ...(await worker.claim())].map(
        (job) => job.id,
      )
      equal(order, ['high', 'first', 'second', 'last'], 'order')
    },
  },
  'queue-order': {
    title: 'queues are emptied in the order asked, whatever the priorities',
    async play(scene) {
      await scene.add({ id: 'b1', queue: 'b', priority: 100 })
      await scene.add({ id: 'a1', queue: 'a' })
      await scene.add({ id: 'a2', queue: 'a', priority: 1 })
      const worker = await scene.worker()
      equal(
        (await worker.claim({ from: ['a', 'b'], limit: 2 })).map((job) => job.id),
        ['a2', 'a1'],
        'a then b',
      )
      equal(
        (await worker.claim({ from: ['a', 'b'], limit: 2 })).map((job) => job.id),
        ['b1'],
        'the rest',
      )
    },
  },
  limits: {
    title: 'neither a queue’s limit nor the whole one is passed',
    async play(scene) {
      await scene.backend.enqueue([...scene.jobs(5, { queue: 'a' }), ...scene.jobs(5, { queue: 'b' })])
      const worker = await scene.worker()
      const count = async (a: number, b: number, limit: number) => {
        const jobs = await worker.claim({
          queues: [
            { name: 'a', limit: a },
            { name: 'b', limit: b },
          ],
          limit,
        })
        return [
          jobs.filter((job) => job.queue === 'a').length,
          jobs.filter((job) => job.queue === 'b').length,
        ]
      }
      equal(await count(0, 0, 10), [0, 0], 'limits of 0')
      equal(await count(5, 5, 0), [0, 0], 'whole limit 0')
      equal(await count(2, 1, 10), [2, 1], 'by queue')
      equal(await count(5, 5, 4), [3, 1], 'in all')
      equal(await count(5, 5, 100), [0, 3], 'the rest')
    },
  },
  'only-asked-queues': {
    title: 'jobs come only from the queues asked for; unknown queues are empty',
    async play(scene) {
      await scene.add({ queue: 'a' })
      const worker = await scene.worker()
      equal(await worker.claim({ from: ['b', 'A', 'a '] }), [], 'other queues')
      equal(await worker.claim({ from: [], limit: 5 }), [], 'no queue')
      equal((await worker.claim({ from: ['a', 'b'] })).length, 1, 'its queue')
    },
  },
  once: {
    title: 'a claimed job is not claimed again while its worker lives',
    async play(scene) {
      await scene.backend.enqueue(scene.jobs(3))
      const a = await scene.worker('a')
      const b = await scene.worker('b')
      equal((await a.claim({ limit: 2 })).length, 2, 'first')
      equal((await b.claim()).length, 1, 'second')
      equal([...(await a.claim()), ...(await b.claim())], [], 'third')
    },
  },
  'at-once': {
    title: 'concurrent claimers never share a job and miss none',
    async play(scene) {
      const stored = scene
        .jobs(600)
        .map((job, at) => ({ ...job, priority: at % 3, queue: at % 2 === 0 ? 'a' : 'b' }))
      await scene.backend.enqueue(stored)
      const workers = await Promise.all(Array.from({ length: 8 }, (_, at) => scene.worker(`w${at}`)))
      const claimAll = async (worker: (typeof workers)[number]): Promise<string[]> => {
        const jobs = await worker.claim({ from: ['a', 'b'], limit: 7 })
        return jobs.length === 0 ? [] : [...jobs.map((job) => job.id), ...(await claimAll(worker))]
      }
      const ids = (await Promise.all(workers.map(claimAll))).flat()
      equal(ids.sort(), stored.map((job) => job.id).sort(), 'claimed ids')
    },
  },
  'at-once-two-connections': {
    title: 'claimers on two connections never share a job and miss none, while a third party enqueues',
    needs: ['reopen'],
    async play(scene) {
      const other = await scene.reopen()
      const batches = Array.from({ length: 20 }, () => scene.jobs(20))
      const workers = [await scene.worker('near'), await scene.worker('far', 1_000, other)]
      let storing = true
      const stored = (async () => {
        for (const batch of batches) await scene.backend.enqueue(batch)
        storing = false
      })()
      const work = async (worker: (typeof workers)[number]): Promise<string[]> => {
        const ids: string[] = []
        for (let last = false; ; last = !storing) {
          const jobs = await worker.claim({ limit: 7 })
          ids.push(...jobs.map((job) => job.id))
          if (jobs.length > 0) await worker.settle(jobs, { kind: 'succeed', result: null })
          else if (last) return ids
          await new Promise((resolve) => setImmediate(resolve))
        }
      }
      const [ids] = await Promise.all([Promise.all(workers.map(work)), stored])
      equal(
        ids.flat().sort(),
        batches
          .flat()
          .map((job) => job.id)
          .sort(),
        'claimed ids',
      )
    },
  },
  'no-lease': {
    title: 'a worker that was never heard of, or whose lease ran out, gets nothing and is told',
    async play(scene) {
      await scene.add()
      const claim = { queues: [{ name: 'default', limit: 1 }], limit: 1 }
      const reply = await scene.backend.exchange(exchangeRequest({ workerId: 'stranger', claim }))
      matches(reply, { claimed: [], leaseExpired: true }, 'a stranger')
      const worker = await scene.worker('late', 1)
      await scene.pass(1.2)
      matches(await worker.exchange({ claim }), { claimed: [], leaseExpired: true }, 'late worker')
      await worker.beat(1_000 * scene.unit)
      const again = await worker.exchange({ claim })
      matches(again, { leaseExpired: false }, 'after a heartbeat')
      equal(again.claimed.length, 1, 'jobs after a heartbeat')
    },
  },
  'settle-only': {
    title: 'without a claim only the settlements happen',
    async play(scene) {
      await scene.backend.enqueue(scene.jobs(2))
      const worker = await scene.worker()
      const job = await worker.claimOne()
      const reply = await worker.exchange({
        settle: [{ job, outcome: { kind: 'succeed', result: null } }],
        claim: null,
      })
      matches(reply, { claimed: [], leaseLost: [], nextDueInMs: null }, 'reply')
      equal((await worker.claim()).length, 1, 'the other job is still there')
    },
  },
  'next-due': {
    title: 'nextDueInMs, where given, is the wait until the next job of the asked queues',
    async play(scene) {
      const worker = await scene.worker()
      const claim = {
        queues: [
          { name: 'a', limit: 5 },
          { name: 'b', limit: 5 },
        ],
        limit: 5,
      }
      const ask = async () => (await worker.exchange({ claim })).nextDueInMs
      equal(await ask(), null, 'empty')
      await scene.add({ queue: 'a', delayMs: 3 * scene.unit })
      await scene.add({ queue: 'b', delayMs: 2 * scene.unit })
      await scene.add({ queue: 'c', delayMs: scene.unit })
      const wait = await ask()
      if (wait !== null) near(wait, 2 * scene.unit, scene.tolerance, 'the earliest of a and b')
      await scene.backend.enqueue(scene.jobs(9, { queue: 'a' }))
      equal(await ask(), null, 'while more may be claimable')
    },
  },
  'next-due-of-a-full-queue': {
    title:
      'a queue that gave all it was asked for sends nobody back at once: its worker has no room for more',
    async play(scene) {
      await scene.backend.enqueue(scene.jobs(3, { queue: 'a' }))
      await scene.add({ queue: 'b', delayMs: 2 * scene.unit })
      const queues = [
        { name: 'a', limit: 1 },
        { name: 'b', limit: 1 },
      ]
      const { claimed, nextDueInMs } = await (await scene.worker()).exchange({ claim: { queues, limit: 9 } })
      equal(claimed.length, 1, 'jobs claimed')
      if (nextDueInMs !== null) near(nextDueInMs, 2 * scene.unit, scene.tolerance, 'the wait for b')
    },
  },
  'clock-back': {
    title: 'a clock set back keeps no ready job from being claimed',
    needs: ['jump'],
    async play(scene) {
      await scene.add({ id: 'ready' })
      await scene.harness.clock?.jump?.(-3_600_000)
      await scene.add({ id: 'after' })
      const worker = await scene.worker()
      const claimed = await worker.claim()
      equal(
        claimed.map((job) => job.id),
        ['after', 'ready'],
        'jobs in order of their due times',
      )
      equal((await worker.claim()).length, 0, 'nothing is left')
      equal((await worker.settle(claimed, { kind: 'release' })).length, 0, 'both are given back')
      equal(
        (await worker.claim()).map((job) => job.id),
        ['after', 'ready'],
        'what was given back can be claimed again',
      )
    },
  },
})
