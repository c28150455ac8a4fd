/**
 * After the worker's lease had run out: which of its jobs are not its own any more.
 * @module
 */
import type { RecordsFacet } from '../../contract/index.ts'
import type { Attempt } from './attempt/attempt.ts'
import { leaseLost } from './attempt/outcome.ts'
import type { Dispatcher } from './dispatcher.ts'

const PAGE = 500

/**
 * Aborts the attempts whose jobs were given to others, and forgets waiting jobs that were.
 *
 * The lease may have run out without anybody having looked; aborting everything then would only make the
 * trouble bigger. Where the backend cannot be asked, everything counts as lost. Either way fencing sees to
 * it that no outcome of a lost attempt is stored.
 */
export async function checkLeases(
  workerId: string,
  records: RecordsFacet | undefined,
  dispatcher: Dispatcher,
): Promise<void> {
  const held = new Map<string, number>()
  for (const { claimed } of dispatcher.running) held.set(claimed.id, claimed.attempt)
  for (const job of dispatcher.waiting.jobs()) held.set(job.id, job.attempt)
  const lost = records === undefined ? new Set(held.keys()) : await findLost(workerId, records, held)
  if (lost.size === 0) return
  dispatcher.waiting.remove((job) => lost.has(job.id) && held.get(job.id) === job.attempt)
  const isLost = ({ claimed }: Attempt): boolean =>
    lost.has(claimed.id) && held.get(claimed.id) === claimed.attempt
  for (const attempt of dispatcher.running.filter(isLost)) attempt.abort('lease', leaseLost(attempt))
}

async function findLost(
  workerId: string,
  records: RecordsFacet,
  held: ReadonlyMap<string, number>,
): Promise<Set<string>> {
  const lost = new Set<string>()
  const ids = [...held.keys()]
  for (let at = 0; at < ids.length; at += PAGE) {
    const page = ids.slice(at, at + PAGE)
    const jobs = await records.get(page)
    for (const [index, id] of page.entries()) {
      const job = jobs[index]
      const mine = job?.state === 'active' && job.worker === workerId && job.attempt === held.get(id)
      if (!mine) lost.add(id)
    }
  }
  return lost
}
