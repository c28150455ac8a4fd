/**
 * What ran, as a table at the end.
 * @module
 */
import type { JobView, Millrace } from 'millrace'

/** Figures of one task. */
export interface TaskFigures {
  readonly task: string
  readonly jobs: number
  readonly succeeded: number
  readonly retries: number
  readonly rescued: number
  readonly waitP50Ms: number
  readonly waitP99Ms: number
}

/** Every job there is, read page by page. */
export async function allJobs(app: Millrace): Promise<JobView[]> {
  const jobs: JobView[] = []
  let after: string | null = null
  do {
    const page = await app.list({}, { limit: 1000, after })
    jobs.push(...page.jobs)
    after = page.next
  } while (after !== null)
  return jobs
}

/** Figures per task, and a line for all together. */
export function figures(jobs: readonly JobView[]): TaskFigures[] {
  const tasks = [...new Set(jobs.map(({ task }) => task))].sort()
  return [
    ...tasks.map((task) =>
      summarise(
        task,
        jobs.filter((job) => job.task === task),
      ),
    ),
    summarise('all', jobs),
  ]
}

function summarise(task: string, jobs: readonly JobView[]): TaskFigures {
  const waits = jobs.map((job) => Math.max(0, (job.startedAt ?? job.dueAt) - job.dueAt)).sort((a, b) => a - b)
  const sum = (value: (job: JobView) => number): number => jobs.reduce((total, job) => total + value(job), 0)
  return {
    task,
    jobs: jobs.length,
    succeeded: jobs.filter(({ state }) => state === 'succeeded').length,
    retries: sum((job) => Math.max(0, job.attempt - 1 - job.lost)),
    rescued: sum((job) => job.lost),
    waitP50Ms: percentile(waits, 0.5),
    waitP99Ms: percentile(waits, 0.99),
  }
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

const HEADINGS = ['task', 'jobs', 'succeeded', 'retries', 'rescued', 'wait p50 ms', 'wait p99 ms']

/** The figures as a table of text. */
export function table(rows: readonly TaskFigures[]): string {
  const cells = [HEADINGS, ...rows.map((row) => Object.values(row).map(String))]
  const widths = HEADINGS.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return cells
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  '),
    )
    .join('\n')
}
