/**
 * The flags that choose jobs, shared by the commands under `jobs`.
 * @module
 */
import type { Command } from 'commander'
import type { FinishReason, JobFilter, JobState } from '../../../contract/index.ts'
import { given } from '../../given.ts'
import { choices, names, pastTime, repeated, states } from '../../values.ts'

/** The flags, as parsed. */
export interface FilterOptions {
  readonly state?: readonly JobState[]
  readonly queue?: readonly string[]
  readonly task?: readonly string[]
  readonly tag?: readonly string[]
  readonly reason?: readonly FinishReason[]
  readonly text?: string
  readonly since?: number
  readonly until?: number
}

const REASONS = [
  'exhausted',
  'discarded',
  'invalid-input',
  'unknown-task',
  'quarantined',
  'requested',
  'expired',
  'drained',
] as const satisfies readonly FinishReason[]

/** Adds the flags. */
export function withFilter(command: Command): Command {
  return command
    .option('--state <states>', 'in one of these states (failed,retrying)', states)
    .option('--queue <names>', 'in one of these queues', names)
    .option('--task <names>', 'of one of these tasks', names)
    .option('--tag <tag>', 'with this tag; give it again for more tags, all of which must be there', repeated)
    .option(
      '--reason <reasons>',
      'failed or cancelled for one of these reasons',
      choices(REASONS, 'a reason'),
    )
    .option('--text <text>', 'with this text in the id, task, input or error')
    .option('--since <time>', 'created at or after this time (2026-12-24, or 2h for two hours ago)', pastTime)
    .option('--until <time>', 'created before this time', pastTime)
}

/** The flags as a filter. */
export function toFilter(options: FilterOptions): JobFilter {
  return given({
    states: options.state,
    queues: options.queue,
    tasks: options.task,
    tags: options.tag,
    reasons: options.reason,
    text: options.text,
    createdFrom: options.since,
    createdBefore: options.until,
  })
}
