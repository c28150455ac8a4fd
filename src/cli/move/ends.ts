/**
 * The two ends of a move: stores that can be read and corrected, and that are not one and the same.
 * @module
 */
import { type Backend, type RecordsFacet, UnsupportedFacetError } from '../../contract/index.ts'
import { newId } from '../../kit/ids.ts'
import { usageError } from '../failure.ts'
import { PROBE_QUEUE, probeJob } from '../probe-job.ts'

/** A store with its records. */
export type MoveEnd = Backend & { readonly records: RecordsFacet }

/** @throws UnsupportedFacetError where the store keeps no records. */
export function asMoveEnd(backend: Backend, option: string): MoveEnd {
  if (hasRecords(backend)) return backend
  throw new UnsupportedFacetError(
    `${option}: the ${backend.name} backend keeps no records, so jobs can be moved neither from nor to it. ` +
      'SQLite and memory do.',
  )
}

/**
 * Makes sure that the two ends are different stores: a job that is put into one must not be seen in the other.
 * Names prove nothing (links, host names, proxies), and a move onto itself would delete what it has just read.
 * @throws CommandError (usage) where they are the same.
 */
export async function checkDifferent(from: MoveEnd, to: MoveEnd): Promise<void> {
  const job = probeJob(newId())
  await from.enqueue([job])
  try {
    const [seen] = await to.records.get([job.id])
    if (seen !== null && seen !== undefined) {
      throw usageError('--from and --to are the same store. Nothing was moved.', 'Name two different stores.')
    }
  } finally {
    await from.records.delete([job.id])
  }
  await deleteProbes(from)
}

/** A command that was killed may have left some, and a move would carry them along. */
async function deleteProbes({ records }: MoveEnd): Promise<void> {
  const page = { limit: 1_000, after: null, order: 'oldest' } as const
  const { jobs } = await records.list({ queues: [PROBE_QUEUE] }, page)
  if (jobs.length > 0) await records.delete(jobs.map((job) => job.id))
}

function hasRecords(backend: Backend): backend is MoveEnd {
  return backend.records !== undefined
}
