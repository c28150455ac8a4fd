/**
 * Reads a task's `isolate` option, whose values `task()` has checked.
 * @module
 */
import { type AnyTask, InvalidOptionError } from '../contract/index.ts'
import { checkInteger } from '../kit/check.ts'

/** The `isolate` option with every default filled in. Null: no limit. */
export interface IsolateRule {
  readonly place: 'thread' | 'process'
  readonly memoryMiB: number | null
  readonly recycleAfterJobs: number | null
  readonly recycleAboveMiB: number | null
}

/** A child below this many MiB could not even load its module. */
const LEAST_MEMORY_MIB = 16
const MOST_MEMORY_MIB = 1_048_576

/**
 * The rule by which a task is isolated.
 * @throws InvalidOptionError where the task has no handler that can be isolated, or no child could live with the rule.
 */
export function readIsolate(task: AnyTask): IsolateRule {
  const { isolate, run } = task.options
  if (isolate === undefined || run === undefined) {
    throw new InvalidOptionError(
      'isolate',
      `Task '${task.name}' cannot be isolated: that takes \`isolate\` and a handler made with \`run\`. ` +
        'A child runs one attempt at a time, so `runMany` cannot be isolated.',
      { task: task.name },
    )
  }
  const { in: place, memoryMiB, ...rest } = typeof isolate === 'string' ? { in: isolate } : isolate
  return {
    place,
    memoryMiB:
      memoryMiB === undefined
        ? null
        : checkInteger(memoryMiB, 'isolate.memoryMiB', LEAST_MEMORY_MIB, MOST_MEMORY_MIB),
    recycleAfterJobs: rest.recycleAfterJobs ?? null,
    recycleAboveMiB: rest.recycleAboveMiB ?? null,
  }
}
