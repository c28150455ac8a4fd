/**
 * Messages of failed assertions: what was expected, and what was enqueued instead.
 * @module
 */
import type { AnyTask } from '../contract/index.ts'
import { formatDuration } from '../kit/durations.ts'
import { show } from '../kit/show.ts'
import type { EnqueuedJob } from './enqueued-job.ts'
import type { Expectation } from './expectation.ts'

const MOST_JOBS = 5
const MOST_LINES = 8

/** What all messages are made from. */
export interface Findings {
  readonly task: AnyTask | null
  readonly expectation: Expectation
  /** Jobs of the task. */
  readonly jobs: readonly EnqueuedJob[]
  /** Jobs of all tasks. */
  readonly all: readonly EnqueuedJob[]
  /** Enqueues that nobody waited for. */
  readonly underWay: number
}

/** Too few jobs match, or too many. */
export function expectedMessage(findings: Findings, matching: readonly EnqueuedJob[]): string {
  const { task, expectation, jobs } = findings
  const { count, conditions } = expectation
  const name = task?.name ?? 'any'
  const wanted = count === null ? `a job of task '${name}'` : `exactly ${plural(count, `job of task '${name}'`, `jobs of task '${name}'`)}`
  const head = `Expected ${wanted} to be enqueued${conditions.map((line) => `\n  with ${line}`).join('')}`
  if (matching.length > (count ?? 0)) {
    return [`${head}\nbut ${matching.length} match:`, ...list(matching, () => []), ...tail(findings)].join('\n')
  }
  const others = jobs.filter((job) => !matching.includes(job))
  const found = matching.length === 0 ? [] : [`but only ${matching.length} match:`, ...list(matching, () => [])]
  const [but, and] = matching.length === 0 ? ['but', ''] : ['', ', and']
  return [
    head,
    ...found,
    ...(others.length === 0
      ? [matching.length === 0 ? 'but none of this task was.' : '']
      : [`${but}${and} ${others.length === 1 ? 'the one job' : `the ${others.length} jobs`} of this task ${others.length === 1 ? 'differs' : 'differ'}:`.trim(),
        ...list(nearest(expectation, others), (job) => expectation.differences(job))]),
    ...tail(findings),
  ]
    .filter((line) => line !== '')
    .join('\n')
}

/** Jobs match that must not be there. */
export function refutedMessage({ task, expectation }: Findings, matching: readonly EnqueuedJob[]): string {
  const what = task === null ? 'no job' : `no job of task '${task.name}'`
  const conditions = expectation.conditions.map((line) => `\n  with ${line}`).join('')
  return [`Expected ${what} to be enqueued${conditions}\nbut ${matching.length} match:`, ...list(matching, () => [])].join('\n')
}

/** Those with the fewest differences first. */
function nearest(expectation: Expectation, jobs: readonly EnqueuedJob[]): readonly EnqueuedJob[] {
  return jobs
    .map((job) => ({ job, distance: expectation.differences(job).length }))
    .sort((one, other) => one.distance - other.distance)
    .map(({ job }) => job)
}

function list(jobs: readonly EnqueuedJob[], details: (job: EnqueuedJob) => readonly string[]): readonly string[] {
  const lines = jobs.slice(0, MOST_JOBS).flatMap((job) => {
    const all = details(job)
    const shown = all.slice(0, MOST_LINES).map((line) => `      ${line}`)
    if (all.length > shown.length) shown.push(`      … and ${all.length - shown.length} more differences`)
    return [`  - ${describe(job)}`, ...shown]
  })
  if (jobs.length > MOST_JOBS) lines.push(`  … and ${jobs.length - MOST_JOBS} more`)
  return lines
}

function describe(job: EnqueuedJob): string {
  const parts = [job.task, `input ${show(job.input)}`, `queue ${show(job.queue)}`]
  if (job.priority !== 0) parts.push(`priority ${job.priority}`)
  if (job.delayMs > 0) parts.push(`delay ${formatDuration(job.delayMs)}`)
  if (job.tags.length > 0) parts.push(`tags ${show(job.tags)}`)
  return parts.join(', ')
}

function tail({ all, underWay }: Findings): readonly string[] {
  const counts = new Map<string, number>()
  for (const { task } of all) counts.set(task, (counts.get(task) ?? 0) + 1)
  const names = [...counts].map(([name, count]) => `${name} × ${count}`)
  return [
    `Enqueued in all: ${names.length === 0 ? 'nothing' : names.join(', ')}.`,
    ...(underWay === 0 ? [] : [`${plural(underWay, 'enqueue is', 'enqueues are')} still under way: await it, or drain() first.`]),
  ]
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}
