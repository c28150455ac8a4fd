/**
 * `millrace jobs list`: jobs, newest first, page by page.
 * @module
 */
import type { Command } from 'commander'
import type { JobView } from '../../../contract/index.ts'
import { suggest } from '../../../kit/suggest.ts'
import { action, type Run, type StoreOptions, withStore } from '../../command.ts'
import { withStoreApp } from '../../connect.ts'
import { EXIT } from '../../exit-codes.ts'
import { relative, stateStyle } from '../../figures.ts'
import { jobDocument } from '../../job-document.ts'
import type { Output } from '../../output.ts'
import { brief, oneLine } from '../../printable.ts'
import type { StoreClient } from '../../store-client.ts'
import { type Column, renderTable } from '../../table.ts'
import { choice, integer } from '../../values.ts'
import { type FilterOptions, toFilter, withFilter } from './filter.ts'

interface ListOptions extends StoreOptions, FilterOptions {
  readonly limit: number
  readonly after?: string
  readonly order: 'newest' | 'oldest'
}

/** Defines the command. */
export function define(command: Command, run: Run): void {
  withFilter(withStore(command))
    .option('--limit <count>', 'jobs on the page', integer(1, 1_000), 50)
    .option('--after <cursor>', 'go on after this page: the `next` of the page before')
    .option('--order <order>', 'newest or oldest first', choice(['newest', 'oldest'], 'an order'), 'newest')
  action<ListOptions>(command, run, {
    examples: [
      'millrace jobs list --state failed --since 1d',
      'millrace jobs list --task send-email --text alice@example.com --json',
    ],
    act: ({ options, output, shell }) =>
      withStoreApp(options, shell, async ({ app }) => {
        const { limit, order } = options
        const page = await app.list(toFilter(options), { limit, order, after: options.after ?? null })
        output.document({ jobs: page.jobs.map(jobDocument), next: page.next })
        if (page.jobs.length === 0) {
          output.text('No jobs.')
          noteUnknownTasks(app, options.task ?? [], output)
        } else for (const line of table(page.jobs, Date.now(), output)) output.text(line)
        if (page.next !== null) output.note(`There are more: add --after '${page.next}'`)
        return EXIT.ok
      }),
  })
}

/** Where nothing was found, a slip in a task's name is likely. Without a config no task is known. */
function noteUnknownTasks(app: StoreClient, names: readonly string[], output: Output): void {
  const known = app.tasks.flatMap((task) => [task.name, ...(task.options.aliases ?? [])])
  if (known.length === 0) return
  for (const name of names) {
    if (known.includes(name)) continue
    const near = suggest(name, known)
    output.note(
      `note: the config has no task ${oneLine(name)}.${near === null ? '' : ` Did you mean ${near}?`}`,
    )
  }
}

function table(jobs: readonly JobView[], now: number, output: Output): string[] {
  const columns: Column<JobView>[] = [
    { title: 'id', value: (job) => job.id, max: 40 },
    { title: 'state', value: (job) => job.state, style: (job) => stateStyle(job.state) },
    { title: 'task', value: (job) => job.task, max: 30 },
    { title: 'queue', value: (job) => job.queue, max: 20 },
    { title: 'attempt', align: 'right', value: (job) => `${job.attempt}/${job.maxAttempts}` },
    { title: 'created', align: 'right', value: (job) => relative(job.createdAt, now) },
    { title: 'about', value: about, max: 50 },
  ]
  return renderTable(jobs, columns, output.style)
}

/** What is most worth knowing of a job in one line: its error, else its progress, else its input. */
function about(job: JobView): string {
  if (job.error !== null && job.state !== 'succeeded') return `${job.error.name}: ${job.error.message}`
  if (job.reason !== null) return job.reason
  if (job.state === 'active' && job.progress !== null) {
    return `${job.progress.percent}%${job.progress.note === null ? '' : ` ${job.progress.note}`}`
  }
  return job.decodeError ?? brief(job.input, 50)
}
