/**
 * Facet `schedules`: rows with their next time, written by compare-and-set together with the jobs they fire.
 * @module
 */
import type { CalendarRule } from './calendar.ts'
import type { EnqueueReceipt, NewJob } from './job.ts'

/** What happens when a firing is due while a job of an earlier one is unfinished. */
export const OVERLAP_POLICIES = ['allow', 'skip', 'queue-one', 'cancel-running'] as const

/** One of {@link OVERLAP_POLICIES}. */
export type OverlapPolicy = (typeof OVERLAP_POLICIES)[number]

/** What happens to firings that were due while no scheduler ran. */
export const MISSED_POLICIES = ['skip', 'once', 'all'] as const

/** One of {@link MISSED_POLICIES}. */
export type MissedPolicy = (typeof MISSED_POLICIES)[number]

/** Firings that are kept for each schedule, the latest ones. */
export const FIRINGS_KEPT = 1_000

/** When a schedule fires, as data. Times are ms since 1970. */
export type ScheduleTiming =
  | { readonly kind: 'cron'; readonly pattern: string; readonly zone: string }
  | { readonly kind: 'calendar'; readonly rule: CalendarRule; readonly zone: string }
  | { readonly kind: 'every'; readonly everyMs: number }
  | { readonly kind: 'at'; readonly at: number }

/** What a firing enqueues: a job that lacks its id and its time. The payload is encoded. */
export type ScheduledJob = Omit<NewJob, 'id' | 'delayMs' | 'dueAt'>

/** What was defined, by whomever: it says nothing of what has happened since. */
export interface ScheduleDefinition {
  readonly name: string
  /** Declared in code, in a file, or put there through the API or the command line. */
  readonly source: 'code' | 'file' | 'dynamic'
  /** The group of apps that declares it; null for a dynamic one. */
  readonly group: string | null
  readonly timing: ScheduleTiming
  /** It fires at no earlier time; where it has an interval, that is counted from here. */
  readonly startAt: number | null
  /** It fires at no later time. */
  readonly endAt: number | null
  /** A firing's job is due up to so many ms later, by the same for everybody who works it out. */
  readonly jitterMs: number
  readonly overlap: OverlapPolicy
  readonly missed: MissedPolicy
  /** Most firings made up for with `missed: 'all'`. */
  readonly missedLimit: number
  readonly job: ScheduledJob
  /** Of the input before it was encoded: the same input may be encoded differently each time. */
  readonly inputHash: string
}

/** A stored schedule. */
export interface ScheduleRecord extends ScheduleDefinition {
  /**
   * Set by the store with every write, and never twice for one name, not even after a removal; a write that was made
   * from an older one changes nothing.
   */
  readonly revision: number
  readonly paused: boolean
  /** Its next firing; null where there is none any more. */
  readonly nextAt: number | null
  /** The due time of a firing that waits for the job of an earlier one to finish. */
  readonly heldAt: number | null
  /** When its latest firing was due. */
  readonly lastAt: number | null
  /** Jobs it fired that were unfinished when it was last looked at; with overlap `allow` only the latest. */
  readonly openJobs: readonly string[]
  readonly createdAt: number
  /** When its definition last changed. */
  readonly changedAt: number
}

/**
 * What became of a firing.
 * - `enqueued`: its job was stored.
 * - `held`: it waits for the job of an earlier one; another entry says what became of it then.
 * - `skipped`: a job of an earlier one was unfinished, and the overlap policy says to leave it out.
 * - `missed`: it was due while no scheduler ran, and the missed policy says to leave it out.
 */
export type FiringOutcome = 'enqueued' | 'held' | 'skipped' | 'missed'

/** One firing, or a run of missed ones. */
export interface FiringRecord {
  /** When it was due; of several missed ones, the first. */
  readonly dueAt: number
  /** When it happened, on the store's clock. */
  readonly at: number
  readonly outcome: FiringOutcome
  /** Somebody asked for it: it is none of the schedule's times. */
  readonly manual: boolean
  /** How many missed firings this stands for (1,000 may stand for more); 1 for any other. */
  readonly count: number
  /** The job that stands for it; null where none was enqueued. */
  readonly jobId: string | null
}

/** A firing to be recorded, with the job to be enqueued. */
export interface NewFiring extends Omit<FiringRecord, 'at' | 'jobId'> {
  readonly job: NewJob | null
}

/** One schedule to be written, and what it fires in the same atomic step. */
export interface ScheduleChange {
  /** The row as it shall be. `revision` is the one it was made from; 0: there must be no schedule of this name. */
  readonly schedule: ScheduleRecord
  readonly firings: readonly NewFiring[]
}

/** What became of one change. */
export interface ScheduleWritten {
  /** False where somebody else had written the schedule meanwhile: nothing of the change happened. */
  readonly written: boolean
  /** The receipts of its jobs, in order. */
  readonly receipts: readonly EnqueueReceipt[]
}

/** Schedules that have something to do. */
export interface DueSchedules {
  /** The store's clock. */
  readonly now: number
  /** Not paused, and their next time has come; the earliest first. */
  readonly due: readonly ScheduleRecord[]
  /** Not paused, with a firing that waits for an earlier job; the earliest first. May be among `due` too. */
  readonly held: readonly ScheduleRecord[]
  /** Ms until the next time of one that is not paused and not due yet; null where there is none. */
  readonly nextInMs: number | null
}

/** A page of schedules by name. `next` goes into the following call's `after`; null: no more. */
export interface SchedulePage {
  readonly schedules: readonly ScheduleRecord[]
  readonly next: string | null
}

/** A page of firings, the latest first. `next` goes into the following call's `after`; null: no more. */
export interface FiringPage {
  readonly firings: readonly FiringRecord[]
  readonly next: string | null
}

/** Ability: schedules are kept, and fire exactly once however many schedulers run. */
export interface SchedulesFacet {
  get(names: readonly string[]): Promise<readonly (ScheduleRecord | null)[]>
  /** By name, in the order of their bytes. */
  list(page: { readonly limit: number; readonly after: string | null }): Promise<SchedulePage>
  /** Looks for schedules that have something to do, up to `limit` of each kind. */
  due(limit: number): Promise<DueSchedules>
  /**
   * Writes schedules by compare-and-set of their revision. Each change is one atomic step: the row, its firings and
   * their jobs are all stored, or nothing of it is. Jobs are enqueued as `enqueue` does, and wakers are woken alike.
   */
  write(changes: readonly ScheduleChange[]): Promise<readonly ScheduleWritten[]>
  /** Removes schedules with their history; their jobs stay. Answers which were there. */
  remove(names: readonly string[]): Promise<readonly boolean[]>
  /** The latest firings of a schedule, at most {@link FIRINGS_KEPT} in all. */
  history(name: string, page: { readonly limit: number; readonly after: string | null }): Promise<FiringPage>
}
