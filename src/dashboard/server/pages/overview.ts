/**
 * Page `overview`: whether things are well, in five seconds.
 * @module
 */
import { type OverviewPage, type QueueRow, RANGES, type Range } from '../../protocol.ts'
import { judge } from '../sample/health.ts'
import type { Look } from '../sample/sampler.ts'
import type { Site } from '../site.ts'
import { jobRow } from './job-rows.ts'
import { queueRows } from './queues.ts'

const QUEUES_SHOWN = 8
const FAILURES_SHOWN = 6

/** Reads it. */
export async function overviewPage(site: Site, params: URLSearchParams): Promise<OverviewPage> {
  const look = await site.sampler.look()
  const { sample } = look
  const { history } = site.sampler
  const now = site.sampler.now()
  const range = RANGES.find((one) => one === params.get('range')) ?? '15m'
  const { workers } = sample
  return {
    health: judge(look, history),
    counts: sample.totals,
    rates: history.rates(),
    oldestWaitMs: sample.oldestDueAt === null ? null : Math.max(0, now - sample.oldestDueAt),
    workers: workers.length,
    busy: workers.reduce((sum, { busy }) => sum + busy, 0),
    slots: workers.reduce((sum, { slots }) => sum + slots, 0),
    range,
    watchedSince: history.since ?? now,
    charts: await chartsOf(site, range, now),
    queues: busiest(queueRows(look, history, now)),
    failures: await latestFailures(site, look),
  }
}

/** Charts of all pages that show the same range are the same. */
function chartsOf(site: Site, range: Range, now: number): Promise<OverviewPage['charts']> {
  return site.reads.ask(['charts', range], async () => {
    const { metrics } = await site.app.ready()
    return site.sampler.history.charts(range, now, metrics !== undefined)
  })
}

function busiest(rows: readonly QueueRow[]): QueueRow[] {
  const weight = (row: QueueRow): number => row.waiting + row.counts.active
  return rows.toSorted((a, b) => weight(b) - weight(a)).slice(0, QUEUES_SHOWN)
}

async function latestFailures(site: Site, { sample }: Look): Promise<OverviewPage['failures']> {
  const { records } = await site.app.ready()
  if (records === undefined || sample.totals.failed === 0) return []
  return site.reads.ask(['latest failures'], async () => {
    const page = await site.app.list({ states: ['failed'] }, { limit: FAILURES_SHOWN, order: 'newest' })
    return page.jobs.map(jobRow)
  })
}
