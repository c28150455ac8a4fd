/**
 * A store's refusal of a batch, told to each of the callers whose jobs travelled in it.
 * @module
 */
import type { NewJob } from '../../contract/index.ts'
import { BackendError, MillraceError } from '../../contract/index.ts'
import { show } from '../../kit/show.ts'

/**
 * The caller's own error: it names the job, whose id makes it safe to repeat the call. What is not an error of
 * ours came out of the store's driver unforeseen, and nobody knows whether the jobs were stored.
 */
export function enqueueError(error: unknown, job: NewJob): MillraceError {
  const details = { jobId: job.id, task: job.task, queue: job.queue, cause: error }
  if (error instanceof BackendError && isStoreCode(error.code)) {
    const hint = error.retriable ? ` ${repeatHint(job)}` : ''
    return new BackendError(error.code, `${error.message}${hint}`, { ...details, retriable: error.retriable })
  }
  if (error instanceof MillraceError) return error
  return new BackendError(
    'store-unavailable',
    `The store failed to enqueue: ${reasonOf(error)} ${repeatHint(job)}`,
    details,
  )
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : show(error)).replace(/\.?$/u, '.')
}

function repeatHint(job: NewJob): string {
  return `Whether job ${job.id} was stored is not known; the call may be repeated with this id.`
}

function isStoreCode(code: string): code is BackendError['code'] & `store-${string}` {
  return code.startsWith('store-')
}

/** The same for a batch that one caller sent. */
export function manyError(error: unknown, jobs: readonly NewJob[]): unknown {
  const [job] = jobs
  if (job === undefined || (error instanceof MillraceError && !error.retriable)) return error
  const code = error instanceof BackendError && isStoreCode(error.code) ? error.code : 'store-unavailable'
  const hint =
    `Whether the ${jobs.length} jobs of task '${job.task}' were stored is not known; ` +
    'with ids of your own the call may be repeated.'
  return new BackendError(code, `${reasonOf(error)} ${hint}`, { task: job.task, cause: error })
}
