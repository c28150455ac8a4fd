/**
 * Brokers that are careless with careful jobs and with what a worker says it holds, each in one way.
 * @module
 */
import { exchangeRequest } from '../../../src/conformance/request.ts'
import type { Backend, ClaimedJob, ExchangeRequest } from '../../../src/contract/index.ts'
import { ending, forger, type Mutant } from './mutant.ts'

/** Begins at once those of the claimed careful jobs that the test picks, and says so. */
function beginning(backend: Backend, picks: (job: ClaimedJob) => boolean): Partial<Backend> {
  return {
    exchange: async (request) => {
      const reply = await backend.exchange(request)
      const begin = reply.claimed.filter((job) => !job.begun && picks(job))
      await backend.exchange(exchangeRequest({ workerId: request.workerId, begin }))
      const claimed = reply.claimed.map((job) => (begin.includes(job) ? { ...job, begun: true } : job))
      return { ...reply, claimed }
    },
  }
}

/** Changes every request before it is carried out. */
function asking(
  backend: Backend,
  change: (request: ExchangeRequest) => ExchangeRequest | Promise<ExchangeRequest>,
): Partial<Backend> {
  return { exchange: async (request) => backend.exchange(await change(request)) }
}

export const carefulMutants: readonly Mutant[] = [
  {
    name: 'begins every job with its claim',
    caughtBy: ['begin/last-attempt', 'begin/after-loss', 'begin/lost-before', 'begin/beyond-last'],
    byModel: true,
    breaks: (backend) => beginning(backend, () => true),
  },
  {
    name: 'is careful with last attempts only',
    caughtBy: ['begin/after-loss', 'begin/lost-before-many-times'],
    byModel: true,
    breaks: (backend) => beginning(backend, (job) => job.attempt < job.maxAttempts),
  },
  {
    name: 'is careful after a loss only',
    caughtBy: ['begin/last-attempt', 'begin/retired-before', 'holding/unknown'],
    byModel: true,
    breaks: (backend) => beginning(backend, (job) => job.attempt >= job.maxAttempts),
  },
  {
    name: 'never begins',
    caughtBy: [
      'begin/lost-after',
      'begin/without-lease',
      'begin/stale',
      'rescue/exhausted',
      'rescue/quarantined',
    ],
    byModel: true,
    breaks: (backend) => asking(backend, (request) => ({ ...request, begin: [] })),
  },
  {
    name: 'begins for live workers only',
    caughtBy: ['begin/without-lease'],
    byModel: true,
    breaks: (backend) =>
      asking(backend, async (request) => {
        const live = (await backend.control?.workers()) ?? []
        return live.some(({ id }) => id === request.workerId) ? request : { ...request, begin: [] }
      }),
  },
  {
    name: 'ignores the token of a begin',
    caughtBy: ['begin/stale'],
    byModel: true,
    breaks(backend) {
      const { watch, forge } = forger(backend)
      return asking({ ...backend, ...watch }, (request) => ({ ...request, begin: request.begin.map(forge) }))
    },
  },
  {
    name: 'lets a begin hold for later attempts',
    caughtBy: ['begin/claimed-anew'],
    byModel: true,
    breaks(backend) {
      const begun = new Set<string>()
      const { exchange = backend.exchange } = beginning(backend, (job) => begun.has(job.id))
      return asking({ ...backend, exchange }, (request) => {
        for (const { id } of request.begin) begun.add(id)
        return request
      })
    },
  },
  {
    name: 'counts a loss before the begin',
    caughtBy: ['begin/lost-before', 'begin/lost-before-many-times', 'begin/retired-before'],
    byModel: true,
    breaks(backend) {
      const claimed: ClaimedJob[] = []
      return {
        exchange: async (request) => {
          const reply = await backend.exchange(request)
          claimed.push(...reply.claimed)
          return reply
        },
        rescue: async (options) => {
          await backend.exchange(exchangeRequest({ workerId: 'nobody', begin: claimed }))
          return backend.rescue(options)
        },
      }
    },
  },
  {
    name: 'ignores what a worker holds',
    caughtBy: [
      'holding/unknown',
      'holding/known',
      'holding/by-token',
      'holding/of-this-worker',
      'holding/wake',
    ],
    byModel: true,
    breaks: (backend) => asking(backend, (request) => ({ ...request, holding: null })),
  },
  {
    name: 'gives back what a worker holds as well',
    caughtBy: ['holding/known', 'holding/order'],
    byModel: true,
    breaks: (backend) =>
      asking(backend, (request) => ({ ...request, holding: request.holding === null ? null : [] })),
  },
  {
    name: 'gives back what a worker has not named, though nothing was asked',
    caughtBy: ['holding/nothing-asked', 'fencing/twice'],
    byModel: true,
    breaks: (backend) => asking(backend, (request) => ({ ...request, holding: request.holding ?? [] })),
  },
  {
    name: 'takes an older attempt for the one a worker holds',
    caughtBy: ['holding/by-token'],
    byModel: true,
    breaks(backend) {
      const { watch, forge } = forger(backend)
      return asking({ ...backend, ...watch }, (request) => ({
        ...request,
        holding: request.holding?.map(forge) ?? null,
      }))
    },
  },
  {
    name: 'knows one attempt of a job that a worker names',
    caughtBy: ['holding/two-attempts'],
    byModel: true,
    breaks: (backend) =>
      asking(backend, (request) => ({
        ...request,
        holding: request.holding && [...new Map(request.holding.map((job) => [job.id, job])).values()],
      })),
  },
  {
    name: 'gives back the jobs of other workers',
    caughtBy: ['holding/of-this-worker'],
    byModel: true,
    breaks(backend) {
      const claimed: ClaimedJob[] = []
      return {
        exchange: async (request) => {
          const { workerId, holding } = request
          if (holding !== null) {
            const unnamed = claimed.filter((job) => !holding.some(({ token }) => token === job.token))
            const settle = unnamed.map((job) => ({ job, outcome: { kind: 'release' } as const }))
            await backend.exchange(exchangeRequest({ workerId, settle }))
          }
          const reply = await backend.exchange(request)
          claimed.push(...reply.claimed)
          return reply
        },
      }
    },
  },
  {
    name: 'claims before it gives back',
    caughtBy: ['holding/order'],
    byModel: true,
    breaks: (backend) => ({
      exchange: async (request) => {
        const { workerId } = request
        const reply = await backend.exchange({ ...request, holding: null })
        const holding = request.holding && [...request.holding, ...reply.claimed]
        await backend.exchange(exchangeRequest({ workerId, holding }))
        return reply
      },
    }),
  },
  {
    name: 'begins before it settles',
    caughtBy: ['holding/order'],
    byModel: true,
    breaks: (backend) => ({
      exchange: async (request) => {
        const { workerId, begin } = request
        const begun = await backend.exchange(exchangeRequest({ workerId, begin }))
        const reply = await backend.exchange({ ...request, begin: [] })
        return { ...reply, leaseLost: [...begun.leaseLost, ...reply.leaseLost] }
      },
    }),
  },
  {
    name: 'counts snoozed attempts',
    caughtBy: ['again/snooze', 'again/many-attempts'],
    byModel: true,
    breaks(backend) {
      const error = { name: 'E', message: '', stack: null, code: null, cause: null }
      return ending(backend, (one) =>
        one.kind === 'snooze' ? { kind: 'retry', delayMs: one.delayMs, error } : one,
      )
    },
  },
]
