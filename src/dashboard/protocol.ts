/**
 * What the server tells the pages: one model for each page, already redacted, all times in ms since 1970.
 * @module
 */

/** What somebody may do. Each includes the one before. */
export const ROLES = ['view', 'operate', 'admin'] as const

/** One of {@link ROLES}. */
export type Role = (typeof ROLES)[number]

/** True where this role includes that one. */
export function allows(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed)
}

/** The states of a job, in the order in which pages show them. */
export const STATES = [
  'pending',
  'active',
  'scheduled',
  'retrying',
  'blocked',
  'failed',
  'cancelled',
  'succeeded',
] as const

/** One of {@link STATES}. */
export type State = (typeof STATES)[number]

/** Jobs by state. */
export type StateCounts = Readonly<Record<State, number>>

/** What is around every page. */
export interface Frame {
  /** Path under which the dashboard is mounted, without a slash at its end. */
  readonly base: string
  readonly user: string
  readonly role: Role
  /** True where there is somebody to log out. */
  readonly session: boolean
  /** Goes with every form, as proof that it came from here. */
  readonly csrf: string
  readonly now: number
  readonly store: string
  /** The pages there are: a store that lacks an ability has no page for it. */
  readonly pages: readonly PageName[]
  readonly waiting: number
  readonly failed: number
  /** The store does not answer: what is shown was true at this time. */
  readonly stale: { readonly since: number; readonly message: string } | null
  /** What somebody chose; null follows the system. */
  readonly theme: 'light' | 'dark' | null
  /** What the last action came to. */
  readonly flash: Flash | null
}

/** The pages in the navigation. */
export type PageName = 'overview' | 'queues' | 'jobs' | 'failures' | 'schedules' | 'workers' | 'audit'

/** A message shown once. */
export interface Flash {
  readonly tone: 'good' | 'bad'
  readonly text: string
}

/** How bad something is. */
export type Level = 'good' | 'note' | 'warn' | 'bad'

/** A reason for the verdict. */
export interface Reason {
  readonly level: Level
  readonly text: string
  /** Where to see more, below the base. */
  readonly href: string
}

/** Whether things are well. */
export interface Health {
  readonly level: Level
  readonly headline: string
  readonly reasons: readonly Reason[]
}

/** One line of a chart. `null`: nothing is known of that time. */
interface Series {
  readonly label: string
  readonly color: 'good' | 'bad' | 'warn' | 'accent' | 'quiet'
  readonly values: readonly (number | null)[]
}

/** A chart over time. */
export interface Chart {
  readonly id: string
  readonly title: string
  readonly unit: 'perSecond' | 'count' | 'ms'
  /** The first time, and the distance from one to the next. */
  readonly from: number
  readonly stepMs: number
  readonly series: readonly Series[]
}

/** Spans of time that charts can show. */
export const RANGES = ['15m', '1h', '24h', '7d'] as const

/** One of {@link RANGES}. */
export type Range = (typeof RANGES)[number]

/** How many jobs end per second, over the last minute or since the first look; null where that is not known. */
export interface Rates {
  readonly succeeded: number | null
  readonly failed: number | null
}

/** One queue. */
export interface QueueRow {
  readonly name: string
  readonly paused: boolean
  readonly counts: StateCounts
  readonly waiting: number
  /** How long the oldest due job has waited, ms; null where none waits or the store does not tell. */
  readonly oldestWaitMs: number | null
  readonly rates: Rates
  readonly workers: number
  readonly slots: number
}

/** The first page. */
export interface OverviewPage {
  readonly health: Health
  readonly counts: StateCounts
  readonly rates: Rates
  readonly oldestWaitMs: number | null
  readonly workers: number
  readonly busy: number
  readonly slots: number
  readonly range: Range
  /** Since when the charts know something. */
  readonly watchedSince: number
  readonly charts: readonly Chart[]
  readonly queues: readonly QueueRow[]
  readonly failures: readonly JobRow[]
}

/** All queues. */
export interface QueuesPage {
  readonly queues: readonly QueueRow[]
  readonly canPause: boolean
}

/** A job in a list. */
export interface JobRow {
  readonly id: string
  readonly task: string
  readonly queue: string
  readonly state: State
  readonly priority: number
  readonly attempt: number
  readonly maxAttempts: number
  readonly tags: readonly string[]
  readonly createdAt: number
  readonly dueAt: number
  readonly startedAt: number | null
  readonly finishedAt: number | null
  /** The start of its error, or why it ended. */
  readonly note: string | null
  readonly percent: number | null
}

/** What to look for, as in the address of the page. */
export interface JobQuery {
  readonly state: readonly State[]
  readonly queue: string
  readonly task: string
  readonly tag: string
  readonly text: string
  readonly order: 'newest' | 'oldest'
  readonly after: string | null
}

/** A list of jobs. */
export interface JobsPage {
  readonly query: JobQuery
  readonly counts: StateCounts
  readonly jobs: readonly JobRow[]
  readonly next: string | null
  readonly queues: readonly string[]
  readonly tasks: readonly string[]
}

/** An error with its causes. */
export interface ErrorView {
  readonly name: string
  readonly message: string
  readonly code: string | null
  readonly stack: string | null
  readonly cause: ErrorView | null
}

/** One attempt. */
export interface AttemptView {
  readonly attempt: number
  readonly outcome: string
  readonly worker: string | null
  readonly startedAt: number
  readonly finishedAt: number | null
  readonly error: ErrorView | null
}

/** A log line. */
export interface LogView {
  readonly at: number
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: unknown
  readonly attempt: number
}

/** A payload as far as it can be shown. */
export interface PayloadView {
  readonly value: unknown
  /** Why it cannot be shown; else null. */
  readonly trouble: string | null
  /** How many values are hidden since their names look like secrets. */
  readonly hidden: number
}

/** One job, whole. */
export interface JobPage {
  readonly job: JobRow & {
    readonly version: number
    readonly expiresAt: number | null
    readonly timeoutMs: number | null
    readonly worker: string | null
    readonly reason: string | null
    readonly lost: number
    readonly progress: { readonly percent: number; readonly note: string | null } | null
    readonly error: ErrorView | null
  }
  readonly input: PayloadView
  readonly output: PayloadView | null
  readonly meta: PayloadView | null
  readonly attempts: readonly AttemptView[]
  readonly logs: readonly LogView[]
  readonly fingerprint: string | null
  /** Code that enqueues the same again. */
  readonly code: string
  readonly command: string
}

/** Failures that look alike. */
export interface FailureGroup {
  readonly fingerprint: string
  readonly task: string
  readonly name: string
  readonly message: string
  readonly failed: number
  readonly retrying: number
  readonly firstAt: number
  readonly lastAt: number
  readonly latest: string
  /** Failures in each of the last 24 hours, oldest first. */
  readonly trend: readonly number[]
}

/** All failures by what went wrong. */
export interface FailuresPage {
  readonly groups: readonly FailureGroup[]
  /** How many jobs were looked at, the latest ones. */
  readonly seen: number
  readonly total: number
}

/** One firing of a schedule, or a run of missed ones. */
export interface FiringView {
  readonly dueAt: number
  readonly outcome: 'enqueued' | 'held' | 'skipped' | 'missed'
  /** Somebody asked for it. */
  readonly manual: boolean
  /** How many missed ones it stands for; else 1. */
  readonly count: number
  readonly jobId: string | null
  /** The state of its job now; null where there is none (any more). */
  readonly state: State | null
}

/** A schedule in a list. */
export interface ScheduleRow {
  readonly name: string
  readonly task: string
  readonly queue: string
  /** When it fires, in words. */
  readonly when: string
  readonly paused: boolean
  /** Null where no time is left. */
  readonly nextAt: number | null
  /** A firing waits for the job of an earlier one. */
  readonly held: boolean
  readonly latest: FiringView | null
}

/** Schedules by name. */
export interface SchedulesPage {
  readonly schedules: readonly ScheduleRow[]
  /** What this page begins after, and the next one. */
  readonly after: string | null
  readonly next: string | null
}

/** One schedule, with what it fired. */
export interface SchedulePage {
  readonly schedule: Omit<ScheduleRow, 'latest'> & {
    readonly source: 'code' | 'file' | 'dynamic'
    readonly group: string | null
    readonly overlap: string
    readonly missed: string
    readonly jitterMs: number
    readonly createdAt: number
    readonly changedAt: number
  }
  readonly input: PayloadView
  /** Its next times, the pause left aside. */
  readonly upcoming: readonly number[]
  readonly firings: readonly FiringView[]
  readonly after: string | null
  readonly next: string | null
}

/** A job that runs. */
export interface RunningJob {
  readonly id: string
  readonly task: string
  readonly startedAt: number | null
  readonly percent: number | null
}

/** One worker. */
export interface WorkerRow {
  readonly id: string
  readonly host: string
  readonly pid: number
  readonly version: string
  readonly startedAt: number
  readonly seenAt: number
  readonly queues: readonly string[]
  readonly slots: number
  readonly busy: number
  readonly memoryBytes: number
  readonly quiet: boolean
  /** It has not been heard of for most of its lease. */
  readonly late: boolean
  readonly running: readonly RunningJob[]
}

/** All workers. */
export interface WorkersPage {
  readonly workers: readonly WorkerRow[]
}

/** Who did what. */
interface AuditView {
  readonly at: number
  readonly user: string
  readonly action: string
  readonly target: string
  readonly outcome: string
}

/** The latest actions. */
export interface AuditPage {
  readonly entries: readonly AuditView[]
}
