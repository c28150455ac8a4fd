/**
 * Page `failures`: failed and retrying jobs, by what went wrong.
 * @module
 */
import type { JobRecord, JobState } from '../../../contract/index.ts'
import { fingerprintOf } from '../../../kit/fingerprint.ts'
import type { FailureGroup, FailuresPage } from '../../protocol.ts'
import type { Site } from '../site.ts'
import { cut } from './job-rows.ts'

/** The latest ones: a group is a kind of mistake, and those show in a thousand. */
const LOOKED_AT = 1_000
const HOURS = 24
const HOUR_MS = 3_600_000
const STATES: readonly JobState[] = ['failed', 'retrying']

/** A failed or retrying job with its fingerprint. */
interface Failure {
  readonly job: JobRecord
  readonly fingerprint: string
}

/** Reads it. */
export async function failuresPage(site: Site): Promise<FailuresPage> {
  const { sample } = await site.sampler.look()
  const failures = await latest(site)
  const groups = new Map<string, Failure[]>()
  for (const failure of failures) {
    const group = groups.get(failure.fingerprint) ?? []
    group.push(failure)
    groups.set(failure.fingerprint, group)
  }
  const now = site.sampler.now()
  return {
    groups: [...groups.values()].map((group) => summary(group, now)).sort((a, b) => b.lastAt - a.lastAt),
    seen: failures.length,
    total: sample.totals.failed + sample.totals.retrying,
  }
}

/** Ids of the failed jobs of a group, of those that the page looks at. */
export async function idsOfGroup(
  site: Site,
  fingerprint: string,
  states: readonly JobState[],
): Promise<string[]> {
  const failures = await latest(site)
  return failures
    .filter((failure) => failure.fingerprint === fingerprint && states.includes(failure.job.state))
    .map(({ job }) => job.id)
}

function latest(site: Site): Promise<readonly Failure[]> {
  return site.reads.ask(['failures'], async () => {
    const { sample } = await site.sampler.look()
    const { records } = await site.app.ready()
    if (records === undefined || sample.totals.failed + sample.totals.retrying === 0) return []
    // As they are stored: nobody looks at inputs here, so none is decoded.
    const page = { limit: LOOKED_AT, after: null, order: 'newest' } as const
    const { jobs } = await records.list({ states: STATES }, page)
    return jobs.map((job) => ({ job, fingerprint: fingerprintOf(job.task, job.error, job.reason) }))
  })
}

function summary(group: readonly Failure[], now: number): FailureGroup {
  const times = group.map(({ job }) => timeOf(job))
  const newest = group.reduce((latest, one) => (timeOf(one.job) > timeOf(latest.job) ? one : latest))
  const { task, error, reason } = newest.job
  const trend = new Array<number>(HOURS).fill(0)
  for (const time of times) {
    const hour = HOURS - 1 - Math.floor((now - time) / HOUR_MS)
    if (hour >= 0 && hour < HOURS) trend[hour] = (trend[hour] ?? 0) + 1
  }
  return {
    fingerprint: newest.fingerprint,
    task,
    name: error?.name ?? reason ?? 'Unknown',
    message: cut(error?.message ?? ''),
    failed: group.filter(({ job }) => job.state === 'failed').length,
    retrying: group.filter(({ job }) => job.state === 'retrying').length,
    firstAt: Math.min(...times),
    lastAt: Math.max(...times),
    latest: newest.job.id,
    trend,
  }
}

function timeOf(job: JobRecord): number {
  return job.finishedAt ?? job.startedAt ?? job.createdAt
}
