/**
 * A way to be wrong, and tools to make one.
 * @module
 */
import type {
  Backend,
  ClaimedJob,
  ClaimRef,
  NewJob,
  Outcome,
  Settlement,
} from '../../../src/contract/index.ts'

/** A way to be wrong. */
export interface Mutant {
  readonly name: string
  /** Ids of cases, each of which has to fail. */
  readonly caughtBy: readonly string[]
  /** True where random histories have to find it too. */
  readonly byModel: boolean
  breaks(backend: Backend): Partial<Backend>
}

export type Records = NonNullable<Backend['records']>

/** Changes every job before it is stored. */
export function enqueueing(backend: Backend, change: (job: NewJob) => NewJob): Partial<Backend> {
  return { enqueue: (jobs) => backend.enqueue(jobs.map(change)) }
}

/** Changes every settlement before it is stored; null loses it. */
export function settling(
  backend: Backend,
  change: (settlement: Settlement, index: number) => Settlement | null,
): Partial<Backend> {
  return {
    exchange: (request) =>
      backend.exchange({ ...request, settle: request.settle.flatMap((one, at) => change(one, at) ?? []) }),
  }
}

/** Changes every outcome before it is stored. */
export function ending(backend: Backend, change: (outcome: Outcome) => Outcome): Partial<Backend> {
  return settling(backend, ({ job, outcome }) => ({ job, outcome: change(outcome) }))
}

/** Changes what was claimed on its way to the worker. */
export function claiming(
  backend: Backend,
  change: (jobs: readonly ClaimedJob[]) => readonly ClaimedJob[],
): Partial<Backend> {
  return {
    exchange: async (request) => {
      const reply = await backend.exchange(request)
      return { ...reply, claimed: change(reply.claimed) }
    },
  }
}

/** Changes some of the records facet. */
export function reading(backend: Backend, change: (records: Records) => Partial<Records>): Partial<Backend> {
  return backend.records === undefined ? {} : { records: { ...backend.records, ...change(backend.records) } }
}

/** Remembers the current token of each job, to forge it for an attempt that is over. */
export function forger(backend: Backend): {
  readonly watch: Partial<Backend>
  forge<T extends ClaimRef>(job: T): T
} {
  const tokens = new Map<string, number>()
  const watch = claiming(backend, (jobs) => {
    for (const job of jobs) tokens.set(job.id, job.token)
    return jobs
  })
  return { watch, forge: (job) => ({ ...job, token: tokens.get(job.id) ?? job.token }) }
}
