/**
 * Schedules as people write them: in code, in a file, and through the API.
 * @module
 */
import type { CalendarRule } from './calendar.ts'
import type { MissedPolicy, OverlapPolicy } from './schedules.ts'
import type { AnyTask, Duration, InputOf, JobOptions } from './task.ts'

/** A point in time: a Date, ms since 1970, or ISO 8601 text with a zone. */
export type Moment = Date | number | string

/** When a schedule fires: exactly one of `cron`, `calendar`, `every` and `at`. */
export interface ScheduleTimes {
  /**
   * A cron pattern of 5 fields, or of 6 with seconds first: names, `L`, `#` and `W` among them, or a word such as
   * `@daily`. Where both days are given, either of them will do, as in cron.
   */
  readonly cron?: string
  readonly calendar?: CalendarRule
  /** A fixed interval of at least 10 ms, counted from `start`, or from 1970 where there is none. */
  readonly every?: Duration
  /** Once, at this time. */
  readonly at?: Moment
  /** The time zone of `cron` and `calendar`, such as `Europe/Berlin`. Default `UTC`. */
  readonly zone?: string
  /** It fires at no earlier time. */
  readonly start?: Moment
  /** It fires at no later time. */
  readonly end?: Moment
}

/** Everything a schedule says but for its task and input. */
export interface SchedulePolicies extends ScheduleTimes, Omit<JobOptions<never>, 'unique'> {
  /**
   * Each job is due up to this much later than its firing, so that not everything starts at the full hour. Worked out
   * from the schedule's name and the time: the same for everybody, another one each time. Default: none.
   */
  readonly jitter?: Duration
  /**
   * What happens when a firing is due while a job of an earlier one is unfinished. Default `allow`.
   * - `allow`: it is enqueued all the same.
   * - `skip`: it is left out.
   * - `queue-one`: it is enqueued once the earlier job has finished; while one waits, further ones are left out.
   * - `cancel-running`: the earlier job is cancelled, and this one enqueued once that has finished.
   */
  readonly overlap?: OverlapPolicy
  /**
   * What happens to firings that were due while no scheduler ran. Default `once`.
   * - `skip`: those more than a minute late are left out.
   * - `once`: the latest is made up for.
   * - `all`: the latest 100 are made up for, or as many as `{ all: 500 }` says, at most 1,000.
   */
  readonly missed?: MissedPolicy | { readonly all: number }
}

/** A schedule of a task, typed by it. */
export type ScheduleOptions<T extends AnyTask> = SchedulePolicies & {
  readonly task: T
} & (undefined extends InputOf<T> ? { readonly input?: InputOf<T> } : { readonly input: InputOf<T> })

/** A schedule as a file has it: the task by its name. */
export interface ScheduleEntry extends SchedulePolicies {
  readonly task: string
  readonly input?: unknown
}
