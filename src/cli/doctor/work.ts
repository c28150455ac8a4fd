/**
 * Checks of what goes on in the store: workers, queues, parked and abandoned jobs.
 * @module
 */
import { count, many, span } from '../figures.ts'
import { type Overview, readOverview, waitingOf } from '../overview.ts'
import type { StoreClient } from '../store-client.ts'
import { type Finding, ok, warn } from './finding.ts'

/** A worker says something every few seconds; one that has been silent this long is probably gone. */
const SILENT_MS = 10_000
/** Jobs looked at for one finding. */
const LOOK = 1_000

/** All of them. `version` is this package's. */
export async function checkWork(app: StoreClient, version: string): Promise<Finding[]> {
  const overview = await readOverview(app)
  return [
    checkWorkers(overview, version),
    ...checkQueues(overview),
    ...(await checkAbandoned(app, overview)),
    ...(await checkParked(app, overview)),
    ...checkHeld(overview),
  ]
}

function checkWorkers({ workers, at, totals }: Overview, version: string): Finding {
  if (workers.length === 0) {
    const waiting = waitingOf(totals)
    if (waiting === 0) return ok('workers', 'none is running, and nothing waits')
    return warn('workers', `none is running, ${many(waiting, 'job')} waiting`, 'Start one: `millrace work`.')
  }
  const summary = many(workers.length, 'worker')
  const silent = workers.filter((worker) => at - worker.seenAt > SILENT_MS)
  if (silent.length > 0) {
    const list = silent.map((worker) => `${worker.id} for ${span(at - worker.seenAt)}`).join(', ')
    return warn(
      'workers',
      `${summary}, silent: ${list}`,
      'Their jobs are given back when their leases end. See whether they hang.',
    )
  }
  const others = [...new Set(workers.map((worker) => worker.version).filter((found) => found !== version))]
  if (others.length > 0) {
    return warn(
      'workers',
      `${summary}, of other versions: ${others.join(', ')} (here ${version})`,
      'Bring all to one version once the deployment is through.',
    )
  }
  const quiet = workers.filter((worker) => worker.quiet).length
  if (quiet === workers.length)
    return warn('workers', `${summary}, all of them quiet`, 'Nobody claims jobs: start a worker.')
  return ok('workers', quiet === 0 ? summary : `${summary}, ${quiet} quiet`)
}

function checkQueues({ queues, workers }: Overview): Finding[] {
  const findings: Finding[] = []
  const paused = queues.filter((row) => row.paused)
  if (paused.length > 0) {
    const list = paused.map((row) => `${row.queue} (${count(waitingOf(row.counts))} waiting)`).join(', ')
    findings.push(
      warn(
        'paused',
        `paused: ${list}`,
        `\`millrace queues resume ${paused.map((row) => row.queue).join(' ')}\``,
      ),
    )
  }
  if (workers.length === 0) return findings
  const orphans = queues.filter(
    (row) => !row.paused && row.servedBy.length === 0 && waitingOf(row.counts) > 0,
  )
  if (orphans.length === 0) return [...findings, ok('queues', 'every queue with waiting jobs is served')]
  const list = orphans.map((row) => `${row.queue} (${count(waitingOf(row.counts))} waiting)`).join(', ')
  const advice = `Start a worker for them: \`millrace work --queues ${orphans.map((row) => row.queue).join(',')}\``
  return [...findings, warn('queues', `no worker serves ${list}`, advice)]
}

async function checkAbandoned(app: StoreClient, { workers, totals }: Overview): Promise<Finding[]> {
  if (totals.active === 0) return []
  const live = new Set(workers.map((worker) => worker.id))
  const page = await app.list({ states: ['active'] }, { limit: LOOK, order: 'oldest' })
  const abandoned = page.jobs.filter((job) => job.worker === null || !live.has(job.worker))
  if (abandoned.length === 0)
    return [ok('leases', `${many(totals.active, 'running job')}, all with a live worker`)]
  const summary = `${many(abandoned.length, 'job')} of workers that are gone`
  return [warn('leases', summary, 'Any running worker gives them back soon. Where none runs, start one.')]
}

async function checkParked(app: StoreClient, { totals }: Overview): Promise<Finding[]> {
  if (totals.failed === 0) return []
  const page = await app.list(
    { states: ['failed'], reasons: ['unknown-task'] },
    { limit: LOOK, order: 'newest' },
  )
  if (page.jobs.length === 0) return [ok('parked', 'no job waits for an unknown task')]
  const tasks = [...new Set(page.jobs.map((job) => job.task))].join(', ')
  const summary = `${page.next === null ? '' : 'more than '}${many(page.jobs.length, 'job')} parked, as no worker knew the task: ${tasks}`
  const advice =
    'Register the task or an alias, then `millrace jobs retry --reason unknown-task --all-matching`.'
  return [warn('parked', summary, advice)]
}

function checkHeld({ totals }: Overview): Finding[] {
  if (totals.blocked === 0) return []
  const advice = 'If a move was interrupted, start the same `millrace move` again: it finishes them.'
  return [warn('held', `${many(totals.blocked, 'job')} held (blocked)`, advice)]
}
