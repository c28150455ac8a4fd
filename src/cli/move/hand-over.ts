/**
 * Moves one page of jobs that nobody can claim any more: read, store there, see it there, delete here.
 * @module
 */
import { isTerminal, type JobRecord, type StoredJob } from '../../contract/index.ts'
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

/**
 * A crash leaves each job in one of two places or in both, never in neither. Where it is in both, this one is
 * still kept from workers, and the next move finds the other one and only deletes.
 */
export async function handOver(jobs: readonly JobRecord[], from: MoveEnd, to: MoveEnd): Promise<HandOver> {
  const { fresh, known, conflicts } = await sortOut(jobs, to)
  const whole = await readWhole(fresh, from)
  if (whole.length > 0) {
    await to.records.restore(whole)
    await checkArrived(whole, to)
  }
  const ids = [...whole.map(({ job }) => job.id), ...known.map((job) => job.id)]
  if (ids.length > 0) await from.records.delete(ids)
  return { moved: whole.length, finished: known.length, conflicts: conflicts.map((job) => job.id) }
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

/** Leaves out what somebody deleted or ran again since the page was read: the next sweep sees what became of it. */
async function readWhole(jobs: readonly JobRecord[], from: MoveEnd): Promise<StoredJob[]> {
  if (jobs.length === 0) return []
  const found = await from.records.export(jobs.map((job) => job.id))
  return found
    .filter((one) => one !== null)
    .filter(({ job }) => job.state === 'blocked' || isTerminal(job.state))
}

async function checkArrived(jobs: readonly StoredJob[], to: MoveEnd): Promise<void> {
  const there = await to.records.get(jobs.map(({ job }) => job.id))
  const missing = jobs.filter((_job, index) => (there[index] ?? null) === null)
  if (missing.length === 0) return
  throw new Error(
    `The target store did not keep ${missing.length} of ${jobs.length} jobs, such as ${missing[0]?.job.id}. None was deleted.`,
  )
}
