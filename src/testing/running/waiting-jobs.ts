/**
 * What still waits in a test's store, where, and until when.
 * @module
 */
import type { JobRecord } from '../../contract/index.ts'
import { WAITING_STATES } from '../../contract/index.ts'
import type { World } from '../world.ts'

const PAGE = 1000

/** Jobs that wait, of queues that a drain serves. */
export interface WaitingJobs {
  /** Names of the queues that hold any of them, in the order in which they were first used. */
  readonly queues: readonly string[]
  /** How many. */
  readonly jobs: number
  /** True where one could be claimed now. */
  readonly due: boolean
  /** The earliest due time that is yet to come; null: there is none. */
  readonly nextDueAt: number | null
}

/** @param only the queues to look at; null: all that are not paused. */
export async function findWaiting(
  { backend, clock }: World,
  only: readonly string[] | null,
): Promise<WaitingJobs> {
  const paused = await backend.limits.paused()
  const queues = new Set<string>()
  const now = clock.now()
  let nextDueAt = Number.POSITIVE_INFINITY
  let due = false
  let jobs = 0
  for (const job of await listWaiting(backend)) {
    if (paused.includes(job.queue) || (only !== null && !only.includes(job.queue))) continue
    queues.add(job.queue)
    jobs += 1
    if (job.dueAt <= now) due = true
    else nextDueAt = Math.min(nextDueAt, job.dueAt)
  }
  return { queues: [...queues], jobs, due, nextDueAt: Number.isFinite(nextDueAt) ? nextDueAt : null }
}

/** How many jobs wait, wherever they are. */
export async function countWaiting({ backend }: World): Promise<number> {
  const waiting: readonly string[] = WAITING_STATES
  const counts = await backend.records.counts()
  return counts.filter(({ state }) => waiting.includes(state)).reduce((total, { count }) => total + count, 0)
}

async function listWaiting(backend: World['backend']): Promise<readonly JobRecord[]> {
  const jobs: JobRecord[] = []
  let after: string | null = null
  do {
    const page = await backend.records.list(
      { states: WAITING_STATES },
      { limit: PAGE, after, order: 'oldest' },
    )
    jobs.push(...page.jobs)
    after = page.next
  } while (after !== null)
  return jobs
}
