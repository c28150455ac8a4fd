/**
 * Says so where a queue's name looks like a slip.
 * @module
 */
import { suggest } from '../../../kit/suggest.ts'
import type { Output } from '../../output.ts'
import { readOverview } from '../../overview.ts'
import type { StoreClient } from '../../store-client.ts'

/** Notes each of the names that no job, worker, task or pause uses. They are allowed: a queue may come later. */
export async function noteUnknownQueues(
  app: StoreClient,
  names: readonly string[],
  output: Output,
): Promise<void> {
  const { queues } = await readOverview(app)
  const ofTasks = app.tasks.map((task) => task.options.queue ?? 'default')
  const known = new Set([...queues.map((row) => row.queue), ...ofTasks])
  for (const name of names) {
    if (known.has(name)) continue
    const near = suggest(name, [...known])
    output.note(
      `note: no job, task or worker uses the queue ${name}.${near === null ? '' : ` Did you mean ${near}?`}`,
    )
  }
}
