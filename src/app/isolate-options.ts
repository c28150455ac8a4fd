/**
 * Reads a task's `isolate` option.
 * @module
 */
import { type AnyTask, InvalidOptionError } from '../contract/index.ts'
import { checkInteger, checkKeys } from '../kit/check.ts'

/** The `isolate` option with every default filled in. Null: no limit. */
export interface IsolateRule {
  readonly place: 'thread' | 'process'
  readonly memoryMiB: number | null
  readonly recycleAfterJobs: number | null
  readonly recycleAboveMiB: number | null
}

const KEYS = ['in', 'memoryMiB', 'recycleAfterJobs', 'recycleAboveMiB'] as const

/** A child below this many MiB could not even load its module. */
const LEAST_MEMORY_MIB = 16
const MOST_MEMORY_MIB = 1_048_576

/**
 * The rule by which a task is isolated.
 * @throws InvalidOptionError where the option is wrong, or the task has no handler of its own to isolate.
 */
export function readIsolate(task: AnyTask): IsolateRule {
  const { isolate, run } = task.options
  if (run === undefined) {
    throw new InvalidOptionError(
      'isolate',
      `Task "${task.name}" has \`isolate\`, which needs a handler made with \`run\`: a child runs one attempt at a time, so \`runMany\` cannot be isolated.`,
      { task: task.name },
    )
  }
  const given = typeof isolate === 'string' ? { in: isolate } : isolate
  if (typeof given !== 'object' || given === null) throw badPlace(task, given)
  checkKeys(given, KEYS, 'isolate')
  if (given.in !== 'thread' && given.in !== 'process') throw badPlace(task, given.in)
  return {
    place: given.in,
    memoryMiB: optional(given.memoryMiB, 'isolate.memoryMiB', LEAST_MEMORY_MIB, MOST_MEMORY_MIB),
    recycleAfterJobs: optional(given.recycleAfterJobs, 'isolate.recycleAfterJobs', 1, Number.MAX_SAFE_INTEGER),
    recycleAboveMiB: optional(given.recycleAboveMiB, 'isolate.recycleAboveMiB', 1, MOST_MEMORY_MIB),
  }
}

function optional(value: unknown, field: string, min: number, max: number): number | null {
  return value === undefined ? null : checkInteger(value, field, min, max)
}

function badPlace(task: AnyTask, value: unknown): InvalidOptionError {
  return new InvalidOptionError(
    'isolate',
    `Task "${task.name}": \`isolate\` is 'thread' or 'process', got ${JSON.stringify(value)}.`,
    { task: task.name },
  )
}
