/**
 * What stands in the columns of both: states as numbers, and rows as records.
 * @module
 */
import type {
  AttemptOutcome,
  AttemptRecord,
  FinishReason,
  JobError,
  JobMeta,
  JobRecord,
  JobState,
  NewJob,
  Progress,
  RetryRule,
} from '../../contract/index.ts'

/** States as they are stored. The partial indexes of SQLite and the functions of Postgres rely on this order. */
export const STATES = [
  'scheduled',
  'pending',
  'retrying',
  'blocked',
  'active',
  'succeeded',
  'failed',
  'cancelled',
] as const

/** The stored number of each state. */
export const STATE: Readonly<Record<JobState, number>> = {
  scheduled: 0,
  pending: 1,
  retrying: 2,
  blocked: 3,
  active: 4,
  succeeded: 5,
  failed: 6,
  cancelled: 7,
}

/** The state of a stored number. */
export function stateOf(stored: number): JobState {
  const state = STATES[stored]
  if (state === undefined)
    throw new Error(`The store holds a job in state ${stored}, which this version does not know`)
  return state
}

/** True for a job that waits for a worker or for its time. */
export const isWaiting = (state: number): boolean => state <= STATE.retrying

/** What most jobs lack, in one column, so that the others' rows stay small. */
export interface StoredOptions {
  readonly timeoutMs: number | null
  readonly retry: RetryRule | null
  readonly tags: readonly string[]
  readonly meta: JobMeta | null
}

const NO_OPTIONS: StoredOptions = { timeoutMs: null, retry: null, tags: [], meta: null }

/** The options column of a job; null for most. */
export function packOptions(job: StoredOptions | NewJob): string | null {
  if (job.timeoutMs === null && job.retry === null && job.meta === null && job.tags.length === 0) return null
  return JSON.stringify({ timeoutMs: job.timeoutMs, retry: job.retry, tags: job.tags, meta: job.meta })
}

/** The options column, read. */
export function unpackOptions(column: string | null): StoredOptions {
  return column === null ? NO_OPTIONS : (JSON.parse(column) as StoredOptions)
}

/** A job's row as the binding returns it. */
export interface JobRow {
  readonly seq: number
  readonly id: string
  readonly task: string
  readonly queue: string
  readonly state: number
  readonly priority: number
  readonly due_at: number
  readonly created_at: number
  readonly version: number
  readonly attempt: number
  readonly max_attempts: number
  readonly token: number
  readonly lost: number
  readonly payload: string
  readonly expires_at: number | null
  readonly options: string | null
  readonly worker: string | null
  readonly started_at: number | null
  readonly finished_at: number | null
  readonly result: string | null
  readonly reason: string | null
  readonly error: string | null
  readonly progress: string | null
}

/** A row as readers see it. */
export function toRecord(row: JobRow): JobRecord {
  const options = unpackOptions(row.options)
  return {
    id: row.id,
    task: row.task,
    queue: row.queue,
    state: stateOf(row.state),
    priority: row.priority,
    payload: row.payload,
    version: row.version,
    attempt: row.attempt,
    maxAttempts: row.max_attempts,
    createdAt: row.created_at,
    dueAt: row.due_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    expiresAt: row.expires_at,
    timeoutMs: options.timeoutMs,
    retry: options.retry,
    tags: options.tags,
    meta: options.meta,
    worker: row.worker,
    result: row.result,
    reason: row.reason as FinishReason | null,
    error: readError(row.error),
    progress: row.progress === null ? null : (JSON.parse(row.progress) as Progress),
    lost: row.lost,
  }
}

/** An attempt's row as the binding returns it. */
export interface AttemptRow {
  readonly attempt: number
  readonly outcome: string
  readonly worker: string | null
  readonly started_at: number
  readonly finished_at: number | null
  readonly error: string | null
}

/** An attempt's row as readers see it. */
export function toAttempt(row: AttemptRow): AttemptRecord {
  return {
    attempt: row.attempt,
    outcome: row.outcome as AttemptOutcome,
    worker: row.worker,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    error: readError(row.error),
  }
}

/** An error as it is stored. */
export function writeError(error: JobError | null): string | null {
  return error === null ? null : JSON.stringify(error)
}

function readError(column: string | null): JobError | null {
  return column === null ? null : (JSON.parse(column) as JobError)
}
