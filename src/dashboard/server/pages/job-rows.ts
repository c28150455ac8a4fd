/**
 * Stored jobs as rows of a list.
 * @module
 */
import type { JobError, JobView } from '../../../contract/index.ts'
import type { ErrorView, JobRow } from '../../protocol.ts'

const LONGEST_NOTE = 300

/** A row. */
export function jobRow(job: JobView): JobRow {
  const { id, task, queue, state, priority, attempt, maxAttempts, tags } = job
  const { createdAt, dueAt, startedAt, finishedAt } = job
  return {
    ...{ id, task, queue, state, priority, attempt, maxAttempts, tags },
    ...{ createdAt, dueAt, startedAt, finishedAt },
    note: noteOf(job),
    percent: state === 'active' ? (job.progress?.percent ?? null) : null,
  }
}

function noteOf({ error, reason, state }: JobView): string | null {
  if (state === 'succeeded' || state === 'pending') return null
  if (error !== null) return cut(`${error.name}: ${error.message.split('\n')[0] ?? ''}`)
  return reason
}

/** The start of a text. */
export function cut(text: string, longest = LONGEST_NOTE): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

/** An error with its causes. */
export function errorView(error: JobError | null): ErrorView | null {
  if (error === null) return null
  const { name, message, code, stack, cause } = error
  return { name, message, code, stack, cause: errorView(cause) }
}
