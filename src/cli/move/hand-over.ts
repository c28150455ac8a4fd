/**
 * Moves one page of jobs that nobody can claim any more: read, store there, see it there, delete here.
 * @module
 */
import type { JobRecord, StoredJob } from '../../contract/index.ts'
import type { MoveEnd } from './ends.ts'

/** What happened to the jobs of a page. */
export interface HandOver {
  /** Stored there and deleted here. */
  readonly moved: number
  /** Stored there by an earlier, interrupted move; deleted here. */
  readonly finished: number
  /** Left here: the other store has a different job with the same id. */
  readonly conflicts: readonly string[]
}

/** As many log lines as any store keeps for a job. */
const ALL_LOGS = 1_000_000

/**
 * A crash leaves each job in one of two places or in both, never in neither. Where it is in both, this one is
 * still kept from workers, and the next move finds the other one and only deletes.
 */
export async function handOver(jobs: readonly JobRecord[], from: MoveEnd, to: MoveEnd): Promise<HandOver> {
  const { fresh, known, conflicts } = await sortOut(jobs, to)
  if (fresh.length > 0) {
    await to.records.restore(await Promise.all(fresh.map((job) => readWhole(job, from))))
    await checkArrived(fresh, to)
  }
  const ids = [...fresh, ...known].map((job) => job.id)
  if (ids.length > 0) await from.records.delete(ids)
  return { moved: fresh.length, finished: known.length, conflicts: conflicts.map((job) => job.id) }
}

/** Which jobs the other store has already, and which it has under the same id though they are others. */
export async function sortOut(
  jobs: readonly JobRecord[],
  to: MoveEnd,
): Promise<{ fresh: JobRecord[]; known: JobRecord[]; conflicts: JobRecord[] }> {
  const there = jobs.length === 0 ? [] : await to.records.get(jobs.map((job) => job.id))
  const sorted = { fresh: [] as JobRecord[], known: [] as JobRecord[], conflicts: [] as JobRecord[] }
  for (const [index, job] of jobs.entries()) {
    const other = there[index] ?? null
    if (other === null) sorted.fresh.push(job)
    else if (other.task === job.task && other.createdAt === job.createdAt) sorted.known.push(job)
    else sorted.conflicts.push(job)
  }
  return sorted
}

async function readWhole(job: JobRecord, from: MoveEnd): Promise<StoredJob> {
  const [attempts, logs] = await Promise.all([
    from.records.attempts(job.id),
    from.records.logs(job.id, ALL_LOGS),
  ])
  return { job, attempts, logs }
}

async function checkArrived(jobs: readonly JobRecord[], to: MoveEnd): Promise<void> {
  const there = await to.records.get(jobs.map((job) => job.id))
  const missing = jobs.filter((_job, index) => (there[index] ?? null) === null)
  if (missing.length === 0) return
  throw new Error(
    `The target store did not keep ${missing.length} of ${jobs.length} jobs, such as ${missing[0]?.id}. None was deleted.`,
  )
}
