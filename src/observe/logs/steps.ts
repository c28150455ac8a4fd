/**
 * What each event says in a log: one step, one line.
 * @module
 */
import type {
  AttemptEventBase,
  EventName,
  JobError,
  JobEventBase,
  MillraceEvents,
} from '../../contract/index.ts'
import { toJobError } from '../../kit/job-error.ts'

/** How loud a line is. */
type LogLevel = 'info' | 'warn' | 'error'

/** Events that are steps of something. Progress is none: it may come a thousand times for one job. */
export type LoggedEvent = Exclude<EventName, 'job:progress'>

/** One step. What does not apply is left out. */
export interface Step {
  readonly level: LogLevel
  /** The same for all steps of its kind, so that lines can be grouped by it. */
  readonly message: string
  readonly task?: string
  readonly jobId?: string
  readonly queue?: string
  readonly attempt?: number
  readonly workerId?: string
  /** How it ended. */
  readonly outcome?: string
  /** How long it took. */
  readonly durationMs?: number
  readonly error?: JobError
  /** Facts that only this kind of step has. */
  readonly more?: Readonly<Record<string, string | number | boolean | readonly string[] | null>>
}

type Steps = { readonly [Name in LoggedEvent]: (event: MillraceEvents[Name]) => Step }

const JOB_STEPS: Pick<Steps, Extract<LoggedEvent, `job:${string}`>> = {
  'job:enqueued': (e) => ({ level: 'info', message: 'job enqueued', ...job(e), outcome: e.outcome }),
  'job:started': (e) => ({
    level: 'info',
    message: 'job started',
    ...attempt(e),
    more: { waitMs: e.waitMs },
  }),
  'job:succeeded': (e) => ({ level: 'info', message: 'job succeeded', ...ended(e), outcome: 'succeeded' }),
  'job:retrying': (e) => ({
    level: 'warn',
    message: 'job failed, will be tried again',
    ...ended(e),
    outcome: 'retrying',
    error: e.error,
    more: { delayMs: e.delayMs },
  }),
  'job:failed': (e) => ({
    level: 'error',
    message: 'job failed',
    ...ended(e),
    outcome: 'failed',
    error: e.error,
    more: { reason: e.reason },
  }),
  'job:cancelled': (e) => ({
    level: 'info',
    message: 'job cancelled',
    ...ended(e),
    outcome: 'cancelled',
    more: { reason: e.reason },
  }),
  'job:snoozed': (e) => ({
    level: 'info',
    message: 'job snoozed',
    ...ended(e),
    outcome: 'snoozed',
    more: { delayMs: e.delayMs },
  }),
  'job:released': (e) => ({
    level: 'warn',
    message: 'job given back unfinished',
    ...attempt(e),
    outcome: 'released',
  }),
  'job:lease-lost': (e) => ({
    level: 'warn',
    message: 'job finished too late',
    ...attempt(e),
    outcome: 'lease-lost',
  }),
  'job:rescued': (e) => ({
    level: e.state === 'failed' ? 'error' : 'warn',
    message: 'job taken back from a dead worker',
    ...attempt(e),
    outcome: 'rescued',
    more: { begun: e.begun, state: e.state },
  }),
}

/** By event. */
const STEPS: Steps = {
  ...JOB_STEPS,
  'worker:started': ({ workerId, queues, slots }) => ({
    level: 'info',
    message: 'worker started',
    workerId,
    more: { queues, slots },
  }),
  'worker:quiet': ({ workerId }) => ({ level: 'info', message: 'worker claims no more jobs', workerId }),
  'worker:stopped': ({ workerId, released }) => ({
    level: 'info',
    message: 'worker stopped',
    workerId,
    more: { released },
  }),
  'schedule:fired': ({ schedule, outcome, dueAt, lagMs, count, jobId }) => ({
    level: outcome === 'missed' ? 'warn' : 'info',
    message: 'schedule fired',
    outcome,
    ...(jobId === null ? {} : { jobId }),
    more: { schedule, dueAt, lagMs, count },
  }),
  'schedule:reconciled': ({ added, changed, removed, taken }) => ({
    level: taken.length > 0 ? 'warn' : 'info',
    message: 'schedules reconciled',
    more: { added, changed, removed, taken },
  }),
  'backend:error': ({ during, error, retryInMs }) => ({
    level: 'error',
    message: 'store failed, will be tried again',
    error: toJobError(error),
    more: { during, retryInMs },
  }),
  'backend:recovered': ({ during, downMs }) => ({
    level: 'info',
    message: 'store answers again',
    durationMs: downMs,
    more: { during },
  }),
  'internal:error': ({ during, error }) => ({
    level: 'error',
    message: 'internal error',
    error: toJobError(error),
    more: { during },
  }),
}

/** The names of all events that are logged. */
export const LOGGED_EVENTS = Object.keys(STEPS) as readonly LoggedEvent[]

/** What an event says. */
export function stepOf<Name extends LoggedEvent>(name: Name, event: MillraceEvents[Name]): Step {
  return STEPS[name](event)
}

function job({ id, task, queue }: JobEventBase): Pick<Step, 'task' | 'jobId' | 'queue'> {
  return { task, jobId: id, queue }
}

function attempt(event: AttemptEventBase): Pick<Step, 'task' | 'jobId' | 'queue' | 'attempt' | 'workerId'> {
  return { ...job(event), attempt: event.attempt, workerId: event.workerId }
}

function ended(event: AttemptEventBase & { readonly runMs: number }): ReturnType<typeof attempt> & {
  readonly durationMs: number
} {
  // To the microsecond: what is finer is noise, and takes room in every line.
  return { ...attempt(event), durationMs: Math.round(event.runMs * 1_000) / 1_000 }
}
