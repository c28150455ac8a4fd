/**
 * Page `workers`.
 * @module
 */
import type { RunningJob, WorkersPage } from '../../protocol.ts'
import { isLate } from '../sample/health.ts'
import type { Site } from '../site.ts'

const MOST_RUNNING = 500

/** Reads it. */
export async function workersPage(site: Site): Promise<WorkersPage> {
  const { sample } = await site.sampler.look()
  const running = await runningByWorker(site, sample.totals.active)
  const now = site.sampler.now()
  return {
    workers: sample.workers
      .toSorted((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1))
      .map((worker) => {
        const { id, host, pid, version, startedAt, seenAt, queues, slots, busy, memoryBytes, quiet } = worker
        const facts = { id, host, pid, version, startedAt, seenAt, queues, slots, busy, memoryBytes, quiet }
        return { ...facts, late: isLate(worker, now), running: running.get(id) ?? [] }
      }),
  }
}

async function runningByWorker(
  site: Site,
  active: number,
): Promise<ReadonlyMap<string, readonly RunningJob[]>> {
  const { records } = await site.app.ready()
  if (records === undefined || active === 0) return new Map()
  return site.reads.ask(['running'], async () => {
    const { jobs } = await site.app.list({ states: ['active'] }, { limit: MOST_RUNNING })
    const byWorker = new Map<string, RunningJob[]>()
    for (const { id, task, startedAt, progress, worker } of jobs) {
      const list = byWorker.get(worker ?? '') ?? []
      list.push({ id, task, startedAt, percent: progress?.percent ?? null })
      byWorker.set(worker ?? '', list)
    }
    return byWorker
  })
}
