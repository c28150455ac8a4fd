/**
 * Jobs of earlier firings: which are unfinished, and cancelling them.
 * @module
 */
import type { Backend, ScheduleRecord } from '../contract/index.ts'
import { isTerminal } from '../contract/index.ts'

/** The unfinished jobs of each of these schedules, as far as its overlap policy asks for them. */
export async function findOpenJobs(
  backend: Backend,
  rows: readonly ScheduleRecord[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const watched = rows.filter(({ overlap }) => overlap !== 'allow')
  const ids = [...new Set(watched.flatMap(({ openJobs }) => openJobs))]
  if (ids.length === 0 || backend.records === undefined) return new Map()
  const jobs = await backend.records.get(ids)
  const open = new Set(jobs.flatMap((job) => (job === null || isTerminal(job.state) ? [] : [job.id])))
  return new Map(watched.map(({ name, openJobs }) => [name, openJobs.filter((id) => open.has(id))]))
}

/** Cancels jobs that wait, and asks the workers of running ones to abort them. */
export async function cancelJobs(backend: Backend, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const receipts = (await backend.records?.cancel(ids, 'requested')) ?? []
  const running = receipts.filter(({ outcome, state }) => outcome === 'refused' && state === 'active')
  if (running.length > 0) await backend.control?.requestCancel(running.map(({ id }) => id))
}
