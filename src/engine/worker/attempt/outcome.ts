/**
 * From what a handler threw, or what was done to it, to the attempt's outcome.
 * @module
 */
import type { ClaimedJob, EventBus, Outcome } from '../../../contract/index.ts'
import {
  type InvalidPayloadError,
  JobTimeoutError,
  LeaseLostError,
  OnceInterruptedError,
  UnknownTaskError,
} from '../../../contract/index.ts'
import { formatDuration, parseDuration } from '../../../kit/durations.ts'
import { toJobError } from '../../../kit/job-error.ts'
import { retryDelay } from '../../retry-policy.ts'
import { Discard, Retry, Snooze } from '../../throwables.ts'
import type { Attempt } from './attempt.ts'
import type { TaskPlan } from './task-plan.ts'

/** The most frequent outcome, made once. */
export const SUCCEEDED_WITHOUT_OUTPUT: Outcome = Object.freeze({ kind: 'succeed', result: null })

/** Given back: pending again at its old place, and the attempt does not count. */
export const RELEASED: Outcome = Object.freeze({ kind: 'release' })

/** Cancelled before its handler began. */
export const CANCELLED_UNSTARTED: Outcome = Object.freeze({
  kind: 'cancel',
  reason: 'requested',
  error: null,
})

/** Tells where a task's own function, such as `retryIf`, threw. */
export type ReportFault = (during: string, error: unknown) => void

/** Reports faults as `internal:error`. */
export function faultReporter(events: EventBus, now: () => number): ReportFault {
  return (during, error) => events.emit('internal:error', { at: now(), during, error })
}

/** The stored input does not fit the task (any more): no attempt is burnt, a person decides. */
export function invalidInput(error: InvalidPayloadError): Outcome {
  return { kind: 'fail', reason: 'invalid-input', error: toJobError(error), counts: false }
}

/** Parked until a worker comes that knows the task. */
export function unknownTask(name: string, why: string): Outcome {
  const error = toJobError(new UnknownTaskError(name, why))
  return { kind: 'fail', reason: 'unknown-task', error: { ...error, stack: null }, counts: false }
}

/** The task cannot be run by this worker, such as for an option that is wrong: parked like an unknown one. */
export function unrunnableTask(error: unknown): Outcome {
  return { kind: 'fail', reason: 'unknown-task', error: toJobError(error), counts: false }
}

/** The outcome of an attempt whose handler threw. */
export function outcomeOfError(attempt: Attempt, error: unknown, report: ReportFault): Outcome {
  if (error instanceof Snooze) return { kind: 'snooze', delayMs: parseDuration(error.delay, 'delay') }
  switch (attempt.ending) {
    case 'cancel':
      return cancelled(attempt, error)
    case 'shutdown':
    case 'lease':
      // It failed because it was told to end, which is no fault of the job's. Its own verdict still counts.
      return isVerdict(error) ? failed(attempt, error, report) : RELEASED
    case 'none':
    case 'timeout':
      return failed(attempt, error, report)
  }
}

/** The outcome of an attempt that was cancelled while it ran, with what its handler threw then. */
export function cancelled(attempt: Attempt, error: unknown): Outcome {
  const told = error === undefined || error === attempt.reason
  return { kind: 'cancel', reason: 'requested', error: told ? null : toJobError(error) }
}

function isVerdict(error: unknown): boolean {
  return error instanceof Discard || error instanceof Retry
}

function failed(attempt: Attempt, error: unknown, report: ReportFault): Outcome {
  const { claimed, plan } = attempt
  // What people want to read is why another attempt is needed, where the handler said so.
  const stored = toJobError(error instanceof Retry ? (error.cause ?? error) : error)
  if (isPointless(error) || !mayRetry(plan, claimed, error, report)) {
    return { kind: 'fail', reason: 'discarded', error: stored, counts: true }
  }
  if (claimed.attempt >= claimed.maxAttempts) {
    return { kind: 'fail', reason: 'exhausted', error: stored, counts: true }
  }
  return { kind: 'retry', delayMs: delayBeforeNext(plan, claimed, error, report), error: stored }
}

/** Further attempts would end the same way: a piece of which nobody knows whether it happened stays so. */
function isPointless(error: unknown): boolean {
  return error instanceof Discard || error instanceof OnceInterruptedError
}

function mayRetry(plan: TaskPlan, claimed: ClaimedJob, error: unknown, report: ReportFault): boolean {
  const { retryIf } = plan.task.options
  if (retryIf === undefined || error instanceof Retry) return true
  try {
    return retryIf(error, { attempt: claimed.attempt })
  } catch (fault) {
    report(`retryIf of task '${plan.task.name}'`, fault)
    return true
  }
}

function delayBeforeNext(plan: TaskPlan, claimed: ClaimedJob, error: unknown, report: ReportFault): number {
  if (error instanceof Retry && error.delay !== undefined) return parseDuration(error.delay, 'delay')
  const { delayMs, fault } = retryDelay(plan.policy, claimed, error)
  if (fault !== undefined) report(`retry.backoff of task '${plan.task.name}'`, fault)
  return delayMs
}

/** The error of an attempt that ran out of time. */
export function timedOut({ claimed, plan }: Attempt): JobTimeoutError {
  const limit = formatDuration(claimed.timeoutMs ?? plan.timeoutMs)
  return new JobTimeoutError(
    `Attempt ${claimed.attempt} of job ${claimed.id} (task '${plan.task.name}') ran longer than its timeout of ${limit}.`,
    { jobId: claimed.id, task: plan.task.name, queue: claimed.queue },
  )
}

/** The reason of the signal where the job may run elsewhere by now. */
export function leaseLost({ claimed, plan }: Attempt): LeaseLostError {
  return new LeaseLostError(
    `The lease of this worker ran out, and job ${claimed.id} was given to another. What this attempt answers is not stored.`,
    { jobId: claimed.id, task: plan.task.name, queue: claimed.queue },
  )
}

/** The stored error of an attempt whose success was joined to a transaction that never committed. */
export function notCommitted({ claimed }: Attempt): Error {
  return new Error(
    `The handler of job ${claimed.id} called succeed() inside a transaction and returned, but the transaction did ` +
      'not commit. Let the error that rolled it back out of the handler.',
  )
}
