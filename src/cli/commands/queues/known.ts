/**
 * Says so where a queue's name looks like a slip.
 * @module
 */
import { suggest } from '../../../kit/suggest.ts'
import type { Output } from '../../output.ts'
import { readOverview, type StateCounts } from '../../overview.ts'
import type { StoreClient } from '../../store-client.ts'

/**
 * Notes each of the queues a worker serves that no task names and that hold no jobs. They are allowed: jobs may
 * come, enqueued by name.
 */
export async function noteServedInVain(
  app: StoreClient,
  names: readonly string[],
  output: Output,
): Promise<void> {
  const { queues } = await readOverview(app)
  const used = queues.filter(({ counts, paused }) => paused || holdsJobs(counts)).map((row) => row.queue)
  const known = new Set([...used, ...queuesOf(app), 'default'])
  for (const name of names) {
    if (known.has(name)) continue
    output.note(`note: no task names the queue ${name}, and it holds no jobs.${didYouMean(name, known)}`)
  }
}

function holdsJobs(counts: StateCounts): boolean {
  return Object.values(counts).some((jobs) => jobs > 0)
}

/** The queues that tasks name. */
function queuesOf(app: StoreClient): string[] {
  return app.tasks.map((task) => task.options.queue ?? 'default')
}

function didYouMean(name: string, known: ReadonlySet<string>): string {
  const near = suggest(name, [...known])
  return near === null ? '' : ` Did you mean ${near}?`
}

/** Notes each of the names that no job, worker, task or pause uses. They are allowed: a queue may come later. */
export async function noteUnknownQueues(
  app: StoreClient,
  names: readonly string[],
  output: Output,
): Promise<void> {
  const { queues } = await readOverview(app)
  const known = new Set([...queues.map((row) => row.queue), ...queuesOf(app)])
  for (const name of names) {
    if (known.has(name)) continue
    output.note(`note: no job, task or worker uses the queue ${name}.${didYouMean(name, known)}`)
  }
}
