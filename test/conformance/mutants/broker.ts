/**
 * Brokers broken on purpose, each in one way, and the cases that have to notice.
 * @module
 */
import type { ClaimedJob, NewJob } from '../../../src/contract/index.ts'
import { claiming, ending, enqueueing, forger, type Mutant, settling } from './mutant.ts'

export const brokerMutants: readonly Mutant[] = [
  {
    name: 'claims a job twice',
    caughtBy: ['claim/once', 'claim/at-once', 'enqueue/same-id-running-or-finished'],
    byModel: true,
    breaks(backend) {
      let last: readonly ClaimedJob[] = []
      return {
        exchange: async (request) => {
          const reply = await backend.exchange(request)
          if (request.claim === null || reply.leaseExpired) return reply
          const again = last
          last = reply.claimed.slice(-1)
          return reply.claimed.length > 0 ? reply : { ...reply, claimed: again }
        },
      }
    },
  },
  {
    name: 'loses the second settlement of a batch',
    caughtBy: ['settle/many-kinds', 'fencing/twice', 'fencing/wrong-token'],
    byModel: true,
    breaks: (backend) => settling(backend, (one, at) => (at === 1 ? null : one)),
  },
  {
    name: 'loses the result',
    caughtBy: ['settle/succeed', 'payload/results'],
    byModel: true,
    breaks: (backend) =>
      ending(backend, (outcome) => (outcome.kind === 'succeed' ? { ...outcome, result: null } : outcome)),
  },
  {
    name: 'claims in the wrong order',
    caughtBy: ['claim/priority', 'claim/due-before-stored', 'enqueue/created'],
    byModel: true,
    breaks: (backend) => claiming(backend, (jobs) => [...jobs].reverse()),
  },
  {
    name: 'ignores priority',
    caughtBy: ['claim/priority', 'claim/delayed-in-line', 'backlog/many-priorities'],
    byModel: true,
    breaks: (backend) => enqueueing(backend, (job) => ({ ...job, priority: 0 })),
  },
  {
    name: 'ignores the token of a settlement',
    caughtBy: ['fencing/after-rescue', 'fencing/requeued', 'fencing/wrong-token'],
    byModel: true,
    breaks(backend) {
      const { watch, forge } = forger(backend)
      const settle = settling({ ...backend, ...watch }, ({ job, outcome }) => ({ job: forge(job), outcome }))
      return settle
    },
  },
  {
    name: 'claims expired jobs',
    caughtBy: ['expiry/too-late', 'expiry/not-in-the-way', 'expiry/cancelled'],
    byModel: true,
    breaks: (backend) => enqueueing(backend, (job) => ({ ...job, expiresAt: null, expiresInMs: null })),
  },
  {
    name: 'ignores uniqueness',
    caughtBy: ['unique/skip', 'unique/at-once', 'unique/replace'],
    byModel: true,
    breaks: (backend) => enqueueing(backend, (job) => ({ ...job, unique: null })),
  },
  {
    name: 'treats every conflict as skip',
    caughtBy: ['unique/replace', 'unique/reschedule'],
    byModel: true,
    breaks: (backend) =>
      enqueueing(backend, (job) => ({ ...job, unique: job.unique && { ...job.unique, conflict: 'skip' } })),
  },
  {
    name: 'stores a known id again',
    caughtBy: ['enqueue/same-id', 'enqueue/same-id-at-once', 'enqueue/same-id-running-or-finished'],
    byModel: true,
    breaks(backend) {
      const seen = new Set<string>()
      return enqueueing(backend, (job) => {
        const id = seen.has(job.id) ? `${job.id}-${seen.size}` : job.id
        seen.add(id)
        return { ...job, id }
      })
    },
  },
  {
    name: 'ignores delays',
    caughtBy: ['enqueue/delay', 'records/whole'],
    byModel: true,
    breaks: (backend) => enqueueing(backend, (job) => ({ ...job, delayMs: 0 })),
  },
  {
    name: 'claims one more than it may',
    caughtBy: ['claim/limits'],
    byModel: true,
    breaks: (backend) => ({
      exchange: (request) => {
        const more = request.claim && {
          queues: request.claim.queues.map((queue) => ({ ...queue, limit: queue.limit + 1 })),
          limit: request.claim.limit + 1,
        }
        return backend.exchange({ ...request, claim: more })
      },
    }),
  },
  {
    name: 'never rescues',
    caughtBy: ['rescue/dead-worker', 'rescue/retire', 'fencing/after-rescue'],
    byModel: true,
    breaks: () => ({ rescue: async () => [] }),
  },
  {
    name: 'rescues from live workers',
    caughtBy: ['rescue/live-worker', 'rescue/only-the-dead'],
    byModel: true,
    breaks: (backend) => ({
      rescue: async (options) => {
        for (const worker of (await backend.control?.workers()) ?? []) await backend.retire(worker.id)
        return backend.rescue(options)
      },
    }),
  },
  {
    name: 'never quarantines',
    caughtBy: ['rescue/quarantined'],
    byModel: true,
    breaks: (backend) => ({ rescue: () => backend.rescue({ quarantineAfter: 1_000 }) }),
  },
  {
    name: 'never tells a worker that its lease ran out',
    caughtBy: ['rescue/heartbeat', 'rescue/late-but-first'],
    byModel: true,
    breaks: (backend) => ({
      heartbeat: async (worker, leaseMs) => {
        await backend.heartbeat(worker, leaseMs)
        return true
      },
    }),
  },
  {
    name: 'counts released attempts',
    caughtBy: ['again/release', 'again/many-attempts'],
    byModel: true,
    breaks(backend) {
      const error = { name: 'E', message: '', stack: null, code: null, cause: null }
      return ending(backend, (one) => (one.kind === 'release' ? { kind: 'retry', delayMs: 0, error } : one))
    },
  },
  {
    name: 'counts attempts that never ran',
    caughtBy: ['settle/fail-not-counted'],
    byModel: true,
    breaks: (backend) => ending(backend, (one) => (one.kind === 'fail' ? { ...one, counts: true } : one)),
  },
  {
    name: 'names a wrong next due time',
    caughtBy: ['claim/next-due', 'limits/next-due'],
    byModel: true,
    breaks: (backend) => ({
      exchange: async (request) => ({ ...(await backend.exchange(request)), nextDueInMs: 7 }),
    }),
  },
  {
    name: 'never wakes',
    caughtBy: ['wake/enqueue', 'wake/enqueue-delayed', 'wake/settled'],
    byModel: false,
    breaks: () => ({ subscribe: async () => () => {} }),
  },
  {
    name: 'wakes from inside the call',
    caughtBy: ['wake/not-from-inside'],
    byModel: false,
    breaks(backend) {
      const wakes = new Set<() => void>()
      return {
        subscribe: async (interest, wake) => {
          wakes.add(() => wake('jobs'))
          return backend.subscribe(interest, wake)
        },
        enqueue: (jobs) => {
          for (const wake of wakes) wake()
          return backend.enqueue(jobs)
        },
      }
    },
  },
  {
    name: 'writes payloads anew',
    caughtBy: ['payload/awkward'],
    byModel: false,
    breaks: (backend) => enqueueing(backend, (job) => ({ ...job, payload: job.payload.trim().normalize() })),
  },
  {
    name: 'keeps what it was handed by reference',
    caughtBy: ['enqueue/not-by-reference'],
    byModel: false,
    breaks(backend) {
      const handed = new Map<string, NewJob>()
      const watched = enqueueing(backend, (job) => {
        handed.set(job.id, job)
        return job
      })
      const aliased = (job: ClaimedJob) => ({ ...job, tags: handed.get(job.id)?.tags ?? job.tags })
      return { ...watched, ...claiming(backend, (jobs) => jobs.map(aliased)) }
    },
  },
  {
    name: 'looks at the whole backlog for each claim',
    caughtBy: ['backlog/waiting'],
    byModel: false,
    breaks: (backend) => ({
      exchange: async (request) => {
        let after: string | null = null
        do after = (await backend.records?.list({}, { limit: 1_000, after, order: 'oldest' }))?.next ?? null
        while (after !== null)
        return backend.exchange(request)
      },
    }),
  },
  {
    name: 'goes on after close',
    caughtBy: ['lifecycle/close'],
    byModel: false,
    breaks: () => ({ close: async () => {} }),
  },
]
