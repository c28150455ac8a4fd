/**
 * From a schedule as it is written to the data that is stored.
 * @module
 */
import type {
  AnyTask,
  EnqueueOptions,
  NewJob,
  ScheduleDefinition,
  ScheduledJob,
  ScheduleEntry,
  ScheduleOptions,
} from '../contract/index.ts'
import { InvalidOptionError, MISSED_POLICIES, OVERLAP_POLICIES } from '../contract/index.ts'
import { checkInteger, checkKeys, checkName } from '../kit/check.ts'
import { parseDuration } from '../kit/durations.ts'
import { deterministicId } from '../kit/ids.ts'
import { encodeJson } from '../kit/json.ts'
import { show } from '../kit/show.ts'
import { suggest } from '../kit/suggest.ts'
import type { JobMaker } from './ports.ts'
import { nextTime } from './timeline.ts'
import { readTimes, TIME_KEYS } from './timing.ts'

/** A schedule with its task itself, or with the task's name. */
export type GivenSchedule = ScheduleOptions<AnyTask> | ScheduleEntry

const JOB_KEYS = ['queue', 'priority', 'retry', 'timeout', 'expires', 'tags', 'meta'] as const
const KEYS = ['task', 'input', ...TIME_KEYS, 'jitter', 'overlap', 'missed', ...JOB_KEYS]

/** Firings made up for with `missed: 'all'`. */
const DEFAULT_MISSED_LIMIT = 100
/** More of them at once would not be one small step of a store. */
const MOST_MISSED = 1_000

/** Whose schedule it is, and how errors name its fields. */
export interface Origin {
  readonly source: ScheduleDefinition['source']
  readonly group: string | null
  /** Before the fields of this schedule, such as `schedules.cleanup.`; empty for a call. */
  readonly prefix: string
}

/**
 * Checks a schedule and encodes its input. A promise is only answered where the task's schema is asynchronous.
 * @throws InvalidOptionError InvalidPayloadError PayloadTooLargeError
 */
export function readSchedule(
  jobs: JobMaker,
  name: string,
  given: GivenSchedule,
  origin: Origin,
): ScheduleDefinition | Promise<ScheduleDefinition> {
  const { prefix, source, group } = origin
  checkName(name, 'the name of a schedule')
  checkKeys(given, KEYS, prefix === '' ? 'a schedule' : prefix.slice(0, -1))
  const task = findTask(jobs, given.task, `${prefix}task`)
  const times = readTimes(given, prefix)
  if (nextTime(times, -1) === null) {
    throw new InvalidOptionError(`${prefix}end`, `Schedule '${name}' ends before its first time.`)
  }
  const bare = {
    name,
    source,
    group,
    ...times,
    jitterMs: given.jitter === undefined ? 0 : parseDuration(given.jitter, `${prefix}jitter`),
    overlap: oneOf(given.overlap ?? 'allow', OVERLAP_POLICIES, `${prefix}overlap`),
    ...readMissed(given.missed ?? 'once', `${prefix}missed`),
  }
  const inputHash = deterministicId('schedule input', encodeJson(given.input, `the input of '${task.name}'`))
  const complete = (job: NewJob): ScheduleDefinition => ({ ...bare, job: withoutTime(job), inputHash })
  const job = jobs.make(task, given.input, jobOptions(given))
  return job instanceof Promise ? job.then(complete) : complete(job)
}

function jobOptions(given: GivenSchedule): EnqueueOptions<never> {
  const options = JOB_KEYS.map((key) => [key, given[key]] as const)
  return Object.fromEntries(options.filter(([, value]) => value !== undefined))
}

function withoutTime({ id: _id, delayMs: _delay, dueAt: _due, ...job }: NewJob): ScheduledJob {
  return job
}

function findTask(jobs: JobMaker, given: unknown, field: string): AnyTask {
  const name = typeof given === 'string' ? given : nameOf(given)
  if (name === null) {
    throw new InvalidOptionError(field, `${field} must be a task or the name of one, got ${show(given)}.`)
  }
  const found = jobs.find(name)
  if (found !== undefined) return typeof given === 'string' ? found : (given as AnyTask)
  const near = suggest(name, jobs.names())
  const hint = near === null ? 'Add it to the app’s tasks.' : `Did you mean '${near}'?`
  throw new InvalidOptionError(field, `There is no task '${name}' in this app (${field}). ${hint}`, {
    task: name,
  })
}

function nameOf(task: unknown): string | null {
  if (typeof task !== 'object' || task === null || !('name' in task) || !('options' in task)) return null
  return typeof task.name === 'string' ? task.name : null
}

function readMissed(given: unknown, field: string): Pick<ScheduleDefinition, 'missed' | 'missedLimit'> {
  if (typeof given === 'object' && given !== null) {
    checkKeys(given, ['all'], field)
    const limit = checkInteger('all' in given ? given.all : undefined, `${field}.all`, 1, MOST_MISSED)
    return { missed: 'all', missedLimit: limit }
  }
  return { missed: oneOf(given, MISSED_POLICIES, field), missedLimit: DEFAULT_MISSED_LIMIT }
}

function oneOf<const Word extends string>(given: unknown, words: readonly Word[], field: string): Word {
  const found = words.find((word) => word === given)
  if (found !== undefined) return found
  const near = typeof given === 'string' ? suggest(given, words) : null
  const hint = near === null ? '' : ` Did you mean '${near}'?`
  const known = words.map((word) => `'${word}'`).join(', ')
  throw new InvalidOptionError(field, `${field} must be one of ${known}, got ${show(given)}.${hint}`)
}
