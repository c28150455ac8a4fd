/**
 * Checks what a task's definition says, so that a mistake shows where it is made and not when a job runs.
 * @module
 */
import type { AnyTask, IsolateOptions } from '../contract/index.ts'
import { InvalidOptionError } from '../contract/index.ts'
import { checkInteger, checkKeys, checkName } from '../kit/check.ts'
import { parseDuration } from '../kit/durations.ts'
import { show } from '../kit/show.ts'
import { JOB_OPTION_KEYS, readJobLayer, readPeriod, resolveRetry } from './job-options.ts'
import { readUnique } from './unique-key.ts'

const TASK_KEYS = [
  ...JOB_OPTION_KEYS,
  'unique',
  'input',
  'output',
  'version',
  'migrate',
  'aliases',
  'retryIf',
  'isolate',
  'batchSize',
  'batchWait',
  'run',
  'runMany',
] as const

const FUNCTIONS = ['migrate', 'retryIf', 'run', 'runMany'] as const
const ISOLATE_KEYS = ['in', 'memoryMiB', 'recycleAfterJobs', 'recycleAboveMiB'] as const
const LARGEST_BATCH = 10_000

type AnyOptions = AnyTask['options']

/**
 * Checks a task's name and options.
 * @throws InvalidOptionError naming the task and the option.
 */
export function checkTaskOptions(name: string, options: AnyOptions): void {
  checkName(name, 'name')
  try {
    checkKeys(options, TASK_KEYS, `task '${name}'`)
    checkJobOptions(options)
    checkSchemas(options)
    checkFunctions(options)
    checkVersions(name, options)
    if (options.isolate !== undefined) checkIsolate(options.isolate)
    checkBatch(options)
  } catch (error) {
    throw withTask(name, error)
  }
}

function checkJobOptions(options: AnyOptions): void {
  const layer = readJobLayer(options)
  if (layer.retry !== undefined) resolveRetry(layer.retry)
  if (options.expires !== undefined) readPeriod(options.expires, 'expires')
  if (options.unique !== undefined) readUnique(options.unique)
}

function checkSchemas(options: AnyOptions): void {
  for (const field of ['input', 'output'] as const) {
    const schema: unknown = options[field]
    if (schema === undefined || isStandardSchema(schema)) continue
    throw new InvalidOptionError(
      field,
      `${field} must be a Standard Schema (of zod, valibot, arktype or another library), got ${show(schema)}.`,
    )
  }
}

function isStandardSchema(schema: unknown): boolean {
  // ArkType's schemas are functions.
  if ((typeof schema !== 'object' && typeof schema !== 'function') || schema === null) return false
  const standard: unknown = Reflect.get(schema, '~standard')
  if (typeof standard !== 'object' || standard === null) return false
  return typeof Reflect.get(standard, 'validate') === 'function'
}

function checkFunctions(options: AnyOptions): void {
  for (const field of FUNCTIONS) {
    const value: unknown = options[field]
    if (value === undefined || typeof value === 'function') continue
    throw new InvalidOptionError(field, `${field} must be a function, got ${show(value)}.`)
  }
  if (options.run !== undefined && options.runMany !== undefined) {
    throw new InvalidOptionError('runMany', 'A task has one handler: give run or runMany, not both.')
  }
}

function checkVersions(name: string, options: AnyOptions): void {
  const { version, migrate, aliases } = options
  if (version !== undefined) checkInteger(version, 'version', 1, 1_000_000)
  if (migrate !== undefined && (version ?? 1) === 1) {
    throw new InvalidOptionError(
      'migrate',
      'migrate brings older versions up to date, so it needs a version above 1.',
    )
  }
  if (aliases === undefined) return
  if (!Array.isArray(aliases)) {
    throw new InvalidOptionError('aliases', `aliases must be a list of names, got ${show(aliases)}.`)
  }
  const names = new Set([name])
  for (const [index, alias] of (aliases as readonly unknown[]).entries()) {
    const field = `aliases[${index}]`
    const former = checkName(alias, field)
    if (names.has(former)) throw new InvalidOptionError(field, `The name ${show(former)} is given twice.`)
    names.add(former)
  }
}

function checkIsolate(isolate: 'thread' | 'process' | IsolateOptions): void {
  if (typeof isolate === 'object' && isolate !== null) {
    checkKeys(isolate, ISOLATE_KEYS, 'isolate')
    for (const key of ISOLATE_KEYS) {
      if (key === 'in' || isolate[key] === undefined) continue
      checkInteger(isolate[key], `isolate.${key}`, 1, Number.MAX_SAFE_INTEGER)
    }
  }
  const place: unknown = typeof isolate === 'object' && isolate !== null ? isolate.in : isolate
  if (place === 'thread' || place === 'process') return
  throw new InvalidOptionError('isolate', `isolate must be 'thread' or 'process', got ${show(place)}.`)
}

function checkBatch(options: AnyOptions): void {
  if (options.batchSize !== undefined) checkInteger(options.batchSize, 'batchSize', 1, LARGEST_BATCH)
  if (options.batchWait !== undefined) parseDuration(options.batchWait, 'batchWait')
  if (options.run === undefined) return
  const field = (['batchSize', 'batchWait'] as const).find((key) => options[key] !== undefined)
  if (field === undefined) return
  throw new InvalidOptionError(
    field,
    `${field} is for handlers of many jobs at once: use runMany, or leave it out.`,
  )
}

/** The same error with the task's name in front, for a list of tasks is long. */
function withTask(name: string, error: unknown): unknown {
  if (!(error instanceof InvalidOptionError)) return error
  return new InvalidOptionError(error.field ?? 'options', `Task '${name}': ${error.message}`, {
    task: name,
    cause: error.cause,
  })
}
