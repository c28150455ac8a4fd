/**
 * When a failed attempt is followed by the next one: the job's own rule over its task's over the app's.
 * @module
 */
import type { ClaimedJob } from '../contract/index.ts'
import { parseDuration } from '../kit/durations.ts'
import { nextDelay } from '../kit/retry-rule.ts'
import type { TaskPolicy } from './resolve.ts'

/** A delay, and what was wrong with the task's own function where it could not be used. */
export interface RetryDelay {
  readonly delayMs: number
  /** What the backoff function threw, or what was wrong with its answer; undefined where all is well. */
  readonly fault?: unknown
}

/**
 * Ms until the next attempt. A backoff function that fails must not cost the job its retries: the policy's
 * stored rule takes its place, and the fault is answered with it.
 */
export function retryDelay(
  policy: Pick<TaskPolicy, 'retry' | 'retryOptions'>,
  job: Pick<ClaimedJob, 'retry' | 'attempt'>,
  error: unknown,
): RetryDelay {
  const { attempt } = job
  if (job.retry !== null) return { delayMs: nextDelay(job.retry, attempt) }
  const { backoff, rule } = policy.retry
  if (backoff === null) return { delayMs: nextDelay(rule, attempt) }
  try {
    const delayMs = parseDuration(backoff({ attempt, error }), 'retry.backoff()')
    const capped = policy.retryOptions.maxDelay !== undefined
    return { delayMs: capped ? Math.min(delayMs, rule.maxDelayMs) : delayMs }
  } catch (fault) {
    return { delayMs: nextDelay(rule, attempt), fault }
  }
}
