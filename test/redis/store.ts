/**
 * Short words for what the tests of the Redis backend do all the time.
 * @module
 */
import { exchangeRequest } from '../../src/conformance/request.ts'
import type { Backend, ClaimedJob, ClaimRef, NewJob, Settlement } from '../../src/contract/index.ts'
import { newId } from '../../src/kit/ids.ts'
import { sleep } from '../../src/kit/sleep.ts'

/** A plain job. */
export function job(options: Partial<NewJob> = {}): NewJob {
  return {
    ...{
      id: newId(),
      task: 'task',
      queue: 'default',
      priority: 0,
      payload: '{}',
      version: 1,
      maxAttempts: 5,
    },
    ...{ delayMs: 0, dueAt: null, expiresInMs: null, expiresAt: null, timeoutMs: null, retry: null },
    ...{ tags: [], meta: null, unique: null },
    ...options,
  }
}

/** A heartbeat; by default with a lease of a minute. */
export function beat(backend: Backend, id = 'w', leaseMs = 60_000): Promise<boolean> {
  const about = { host: 'h', pid: 1, startedAt: 0, version: '0', memoryBytes: 0, quiet: false }
  return backend.heartbeat({ id, queues: ['default'], slots: 10, busy: 0, ...about }, leaseMs)
}

/** One exchange of worker `w`. */
export function exchange(
  backend: Backend,
  settle: readonly Settlement[],
  limit: number,
  holding: readonly ClaimRef[] | null = null,
) {
  const claim = limit === 0 ? null : { queues: [{ name: 'default', limit }], limit }
  return backend.exchange(exchangeRequest({ workerId: 'w', settle, claim, holding }))
}

/** Success for each of the jobs. */
export function succeeded(jobs: readonly ClaimedJob[]): Settlement[] {
  return jobs.map((claimed) => ({ job: claimed, outcome: { kind: 'succeed', result: null } }))
}

/** True where the store says that the call may be repeated. */
export function isRetriable(error: unknown): boolean {
  return error instanceof Error && 'retriable' in error && error.retriable === true
}

/** Calls again until it works. */
export async function insist<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!isRetriable(error)) throw error
      await sleep(2)
    }
  }
}

/** How many jobs are in each state. */
export async function states(backend: Backend): Promise<Record<string, number>> {
  const counts = (await backend.records?.counts()) ?? []
  return Object.fromEntries(counts.map(({ state, count }) => [state, count]))
}

/** Which of these jobs are not in the store. */
export async function missing(backend: Backend, ids: readonly string[]): Promise<string[]> {
  const found = (await backend.records?.get(ids)) ?? []
  return ids.filter((_, at) => found[at] == null)
}
