/**
 * Why a drain did not end well.
 * @module
 */
import type { ClaimedJob } from '../../contract/index.ts'
import { formatDuration } from '../../kit/durations.ts'
import { show } from '../../kit/show.ts'
import type { DrainedAttempt, DrainSummary } from './drain-summary.ts'

const MOST_NAMED = 10

/**
 * Jobs were left failed or waiting for another attempt, never came to an end, or never became fewer. `errors`
 * are what the handlers threw, `cause` is the first of them.
 */
export class DrainError extends AggregateError {
  /** What the drain did up to then. */
  readonly summary: DrainSummary

  constructor(message: string, summary: DrainSummary, errors: readonly unknown[] = []) {
    super(errors, message, errors.length === 0 ? undefined : { cause: errors[0] })
    this.name = 'DrainError'
    this.summary = summary
  }
}

/** Handlers failed, and nobody said that they would. */
export function failedError(failures: readonly DrainedAttempt[], summary: DrainSummary): DrainError {
  const jobs = new Set(summary.attempts.map(({ id }) => id)).size
  const lines = failures.slice(0, MOST_NAMED).map((one) => `  ${describe(one)}`)
  if (failures.length > MOST_NAMED) lines.push(`  … and ${failures.length - MOST_NAMED} more`)
  const message =
    `${failures.length} of ${count(jobs, 'job')} failed:\n\n${lines.join('\n')}\n\n` +
    'Where a test means jobs to fail, pass { allowFailures: true } and look at the summary.'
  return new DrainError(
    message,
    summary,
    failures.map(({ error }) => error),
  )
}

function describe(one: DrainedAttempt): string {
  const then =
    one.outcome === 'retried'
      ? `the next one in ${formatDuration(one.againInMs ?? 0)}`
      : `failed (${one.reason ?? 'no reason given'})`
  return `${one.task} ${one.id}, attempt ${one.attempt} of ${one.maxAttempts}, ${then}: ${show(one.error)}`
}

/** An attempt does not come to an end. */
export function stuckError(
  active: readonly ClaimedJob[],
  patienceMs: number,
  summary: DrainSummary,
): DrainError {
  const names = active.slice(0, MOST_NAMED).map(({ task, id }) => `${task} ${id}`)
  const who =
    active.length === 0
      ? 'no job is running, and the worker does not come to rest'
      : `still running: ${names.join(', ')}`
  const message =
    `Nothing ended within ${formatDuration(patienceMs)} of real time; ${who}. ` +
    'A slow handler needs a longer patience.'
  return new DrainError(message, summary)
}

/** There is no end of jobs. */
export function endlessError(limit: number, summary: DrainSummary): DrainError {
  const counts = new Map<string, number>()
  for (const { task } of summary.attempts) counts.set(task, (counts.get(task) ?? 0) + 1)
  const names = [...counts].map(([name, times]) => `${name} ${times} times`).slice(0, MOST_NAMED)
  const message =
    `After ${count(limit, 'attempt')} there is still work: ${names.join(', ')}. Does a job enqueue itself, or ` +
    'snooze for ever? Where it is meant to, raise the limit, or let a given time pass with advance().'
  return new DrainError(message, summary)
}

function count(amount: number, noun: string): string {
  return `${amount.toLocaleString('en')} ${noun}${amount === 1 ? '' : 's'}`
}
