/**
 * What a drain did.
 * @module
 */
import type { FinishReason, Outcome } from '../../contract/index.ts'
import type { AttemptEntry } from '../journal.ts'
import type { World } from '../world.ts'

/** How an attempt of a drain ended. */
export type DrainedOutcome = 'succeeded' | 'retried' | 'failed' | 'cancelled' | 'snoozed'

/** One attempt that a drain ran. */
export interface DrainedAttempt {
  readonly id: string
  readonly task: string
  readonly queue: string
  /** From 1. */
  readonly attempt: number
  readonly maxAttempts: number
  readonly outcome: DrainedOutcome
  /** What the handler threw, itself; undefined where nothing was thrown. */
  readonly error: unknown
  /** Why the job failed or was cancelled; else null. */
  readonly reason: FinishReason | null
  /** Ms until the next attempt of a job that was retried or snoozed; else null. */
  readonly againInMs: number | null
}

/** Counts of attempts, and each attempt. */
export interface DrainSummary {
  /** Attempts that ran. A job that was retried counts each time. */
  readonly ran: number
  readonly succeeded: number
  /** Attempts that failed and are followed by another. */
  readonly retried: number
  readonly failed: number
  readonly cancelled: number
  readonly snoozed: number
  /** Jobs that still wait: scheduled, for another attempt, or in a queue that was left out or is paused. */
  readonly waiting: number
  /** Every attempt, in the order in which they ended. */
  readonly attempts: readonly DrainedAttempt[]
}

const OUTCOMES = {
  succeed: 'succeeded',
  retry: 'retried',
  fail: 'failed',
  cancel: 'cancelled',
  snooze: 'snoozed',
  // Never among the attempts: nothing came of it.
  release: 'cancelled',
} as const satisfies Record<Outcome['kind'], DrainedOutcome>

/** Sums up the attempts of the journal from the given place on. */
export function summarize({ journal, thrown }: World, from: number, waiting: number): DrainSummary {
  const attempts = journal.attempts.slice(from).map((entry) => toDrained(entry, thrown.of(entry)))
  const count = (outcome: DrainedOutcome): number => attempts.filter((one) => one.outcome === outcome).length
  return {
    ran: attempts.length,
    succeeded: count('succeeded'),
    retried: count('retried'),
    failed: count('failed'),
    cancelled: count('cancelled'),
    snoozed: count('snoozed'),
    waiting,
    attempts,
  }
}

function toDrained({ job, outcome }: AttemptEntry, error: unknown): DrainedAttempt {
  return {
    id: job.id,
    task: job.task,
    queue: job.queue,
    attempt: job.attempt,
    maxAttempts: job.maxAttempts,
    outcome: OUTCOMES[outcome.kind],
    error,
    reason: 'reason' in outcome ? outcome.reason : null,
    againInMs: 'delayMs' in outcome ? outcome.delayMs : null,
  }
}

/** The latest attempt of each job that was left failed, or waits for another attempt because it failed. */
export function leftFailed(summary: DrainSummary): readonly DrainedAttempt[] {
  const latest = new Map(summary.attempts.map((one) => [one.id, one]))
  return [...latest.values()].filter(({ outcome }) => outcome === 'failed' || outcome === 'retried')
}
