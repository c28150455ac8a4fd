/**
 * Messages of failed assertions: what was expected, and what was enqueued instead.
 * @module
 */
import type { AnyTask } from '../../contract/index.ts'
import { formatDuration } from '../../kit/durations.ts'
import { show } from '../../kit/show.ts'
import type { EnqueuedJob } from './enqueued-job.ts'
import type { Expectation } from './expectation.ts'

const MOST_JOBS = 5
const MOST_LINES = 8

/** What all messages are made from. */
export interface Findings {
  readonly expectation: Expectation
  /** Jobs of the task in question. */
  readonly jobs: readonly EnqueuedJob[]
  /** Jobs of all tasks. */
  readonly all: readonly EnqueuedJob[]
  /** Enqueues that nobody waited for. */
  readonly underWay: number
}

/** Too few jobs match, or too many. */
export function expectedMessage(findings: Findings, task: AnyTask, matching: readonly EnqueuedJob[]): string {
  const { expectation, jobs } = findings
  const { count, conditions } = expectation
  const wanted = count === null ? 'a job' : `exactly ${plural(count, 'job', 'jobs')}`
  const lines = [`Expected ${wanted} of task '${task.name}' to be enqueued`, ...withConditions(conditions)]
  if (matching.length > 0) {
    const tooFew = matching.length < (count ?? 1)
    lines.push(
      `but ${tooFew ? 'only ' : ''}${plural(matching.length, 'matches', 'match')}:`,
      ...list(matching),
    )
    if (!tooFew) return [...lines, ...tail(findings)].join('\n')
  }
  const others = jobs.filter((job) => !matching.includes(job))
  const but = matching.length === 0 ? 'but' : 'and'
  if (others.length > 0) {
    lines.push(`${but} ${others.length === 1 ? 'the job' : `the ${others.length} jobs`} of this task:`)
    lines.push(...list(nearest(expectation, others), expectation))
  } else if (matching.length === 0) lines.push('but none was.')
  return [...lines, ...tail(findings)].join('\n')
}

/** Jobs match that must not be there. */
export function refutedMessage(
  findings: Findings,
  task: AnyTask | null,
  matching: readonly EnqueuedJob[],
): string {
  const what = task === null ? 'no job' : `no job of task '${task.name}'`
  return [
    `Expected ${what} to be enqueued`,
    ...withConditions(findings.expectation.conditions),
    `but ${plural(matching.length, 'matches', 'match')}:`,
    ...list(matching),
  ].join('\n')
}

function withConditions(conditions: readonly string[]): readonly string[] {
  return conditions.map((line) => `  with ${line}`)
}

/** Those with the fewest differences first. */
function nearest(expectation: Expectation, jobs: readonly EnqueuedJob[]): readonly EnqueuedJob[] {
  return jobs
    .map((job) => ({ job, distance: expectation.differences(job).length }))
    .sort((one, other) => one.distance - other.distance)
    .map(({ job }) => job)
}

/** @param expectation where it is given, each job is followed by how it differs. */
function list(jobs: readonly EnqueuedJob[], expectation?: Expectation): readonly string[] {
  const lines = jobs.slice(0, MOST_JOBS).flatMap((job) => {
    const all = expectation?.differences(job) ?? []
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
    ...(underWay === 0
      ? []
      : [`${plural(underWay, 'enqueue is', 'enqueues are')} still under way: await it, or drain() first.`]),
  ]
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}
