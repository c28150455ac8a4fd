/**
 * `reportErrors()`: hands failed attempts to an error tracker, with what it needs to group them.
 * @module
 */
import {
  type FinishReason,
  InvalidOptionError,
  type JobError,
  type Millrace,
  type MillraceEvents,
} from '../../contract/index.ts'
import { checkKeys, checkName } from '../../kit/check.ts'
import { fingerprintOf } from '../../kit/fingerprint.ts'
import { reviveError } from '../../kit/job-error.ts'
import { show } from '../../kit/show.ts'

/** What is known of a failed attempt. */
export interface ErrorContext {
  /** When it failed, ms since 1970. */
  readonly at: number
  readonly task: string
  readonly jobId: string
  readonly queue: string
  readonly attempt: number
  readonly workerId: string
  /** How long the attempt ran, in ms; null where its worker died. */
  readonly runMs: number | null
  /** True where the job gave up; false where it is tried again. */
  readonly last: boolean
  /** Why it gave up; null where it is tried again, or its worker died. */
  readonly reason: FinishReason | null
  /** The same for failures of one task that differ only in ids, figures and quoted text. */
  readonly fingerprint: string
  /** The option `release`; null where it was not given. */
  readonly release: string | null
}

/** Options of `reportErrors()`. */
export interface ReportErrorsOptions {
  /** Each failed attempt, only one after which the job gives up, or what the function says. Default `last`. */
  readonly when?: 'each' | 'last' | ((context: ErrorContext, error: Error) => boolean)
  /** The version that is deployed, as the error tracker knows it. */
  readonly release?: string
  /** Sends it. The error has the name, message, stack, code and causes of what was thrown. */
  readonly report: (error: Error, context: ErrorContext) => void | Promise<void>
}

const KEYS = ['when', 'release', 'report'] as const satisfies readonly (keyof ReportErrorsOptions)[]

/**
 * Reports failed attempts until the answer is called. What `report` throws, or rejects with, is emitted as
 * `internal:error` and harms no job.
 * @throws InvalidOptionError
 */
export function reportErrors(app: Pick<Millrace, 'events'>, options: ReportErrorsOptions): () => void {
  checkOptions(options)
  const { when = 'last', release = null, report } = options
  // The bus waits for no listener, but it takes note of a promise that is rejected.
  const tell = (failed: JobError, facts: Omit<ErrorContext, 'fingerprint' | 'release'>): unknown => {
    const context: ErrorContext = {
      ...facts,
      fingerprint: fingerprintOf(facts.task, failed, facts.reason),
      release,
    }
    const error = reviveError(failed)
    const wanted = typeof when === 'function' ? when(context, error) : when === 'each' || context.last
    return wanted ? report(error, context) : undefined
  }
  const offs = [
    app.events.on('job:retrying', (e) => tell(e.error, { ...ended(e), last: false, reason: null })),
    app.events.on('job:failed', (e) => tell(e.error, { ...ended(e), last: true, reason: e.reason })),
    app.events.on('job:rescued', (e) => {
      if (!e.begun) return
      const facts = { ...attemptOf(e), runMs: null, last: e.state === 'failed', reason: null }
      return tell(workerLost(e), facts)
    }),
  ]
  return () => {
    for (const off of offs.splice(0)) off()
  }
}

type AttemptFacts = Pick<ErrorContext, 'at' | 'task' | 'jobId' | 'queue' | 'attempt' | 'workerId'>

function attemptOf(event: MillraceEvents['job:rescued'] | MillraceEvents['job:failed']): AttemptFacts {
  const { at, task, id, queue, attempt, workerId } = event
  return { at, task, jobId: id, queue, attempt, workerId }
}

function ended(event: MillraceEvents['job:retrying'] | MillraceEvents['job:failed']): AttemptFacts & {
  readonly runMs: number
} {
  const { at, task, id, queue, attempt, workerId, runMs } = event
  return { at, task, jobId: id, queue, attempt, workerId, runMs }
}

/** Nothing was thrown that could be told of: the process is gone. */
function workerLost({ attempt, workerId }: MillraceEvents['job:rescued']): JobError {
  const message = `The worker ${workerId} died while it ran attempt ${attempt}.`
  return { name: 'WorkerLost', message, stack: null, code: null, cause: null }
}

function checkOptions(options: ReportErrorsOptions): void {
  checkKeys(options, KEYS, 'reportErrors()')
  const { when = 'last', release, report } = options
  if (typeof report !== 'function') {
    throw new InvalidOptionError('report', `report must be a function, got ${show(report)}.`)
  }
  if (when !== 'each' && when !== 'last' && typeof when !== 'function') {
    throw new InvalidOptionError('when', `when must be 'each', 'last' or a function, got ${show(when)}.`)
  }
  if (release !== undefined) checkName(release, 'release')
}
