/**
 * A job as the store keeps it: the record readers see, and what belongs to it.
 * @module
 */
import type {
  AttemptOutcome,
  AttemptRecord,
  Checkpoint,
  ClaimedJob,
  HeldKey,
  JobError,
  JobLogLine,
  JobMeta,
  JobRecord,
  JobState,
  RetryRule,
  StoredJob,
} from '../../contract/index.ts'
import type { Line, Place } from './line.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** A stored job. Only the store's own files change one, between `store.lift` and `store.drop`. */
export interface Row extends Writable<JobRecord> {
  /** Store order. */
  readonly seq: number
  /** Of the latest claim. */
  token: number
  /** False for a careful job that was claimed and has not begun: its loss does not count. */
  begun: boolean
  unique: HeldKey | null
  removed: boolean
  /** Where it stands: among the ready, the delayed or the finished. */
  line: Line<Row> | null
  place: Place<Row> | null
  /** Ended attempts, oldest first; the running or succeeded one is made from the row itself. Null: none. */
  attempts: AttemptRecord[] | null
  /** Null: none, which is how it stays for most jobs. */
  logs: JobLogLine[] | null
  checkpoints: Map<string, Checkpoint> | null
}

const NO_TAGS: readonly string[] = Object.freeze([])

/** A copy that the caller cannot reach, since what it handed in may change later. */
export function copyTags(tags: readonly string[]): readonly string[] {
  return tags.length === 0 ? NO_TAGS : Object.freeze([...tags])
}

/** As {@link copyTags}, for a retry rule. */
export function copyRetry(retry: RetryRule | null): RetryRule | null {
  return retry === null ? null : Object.freeze({ ...retry })
}

/** As {@link copyTags}, for JSON. */
export function copyMeta(meta: JobMeta | null): JobMeta | null {
  return meta === null ? null : structuredClone(meta)
}

/** True in the three states in which a job waits for a worker or for its time. */
export function isWaiting(state: JobState): boolean {
  return state === 'pending' || state === 'scheduled' || state === 'retrying'
}

/** True where a waiting job may not start any more, whether or not somebody has noticed. */
export function isExpired(row: Row, now: number): boolean {
  return row.expiresAt !== null && row.expiresAt <= now && isWaiting(row.state)
}

/** Keeps how the row's latest attempt ended. */
export function recordAttempt(row: Row, outcome: AttemptOutcome, now: number, error: JobError | null): void {
  row.attempts ??= []
  row.attempts.push(latestAttempt(row, outcome, now, error))
}

/** All attempts of a row, oldest first. */
export function attemptsOf(row: Row): AttemptRecord[] {
  const ended = row.attempts === null ? [] : structuredClone(row.attempts)
  if (row.state === 'active') return [...ended, latestAttempt(row, 'running', null, null)]
  if (row.state === 'succeeded') return [...ended, latestAttempt(row, 'succeeded', row.finishedAt, null)]
  return ended
}

function latestAttempt(
  row: Row,
  outcome: AttemptOutcome,
  finishedAt: number | null,
  error: JobError | null,
): AttemptRecord {
  const startedAt = row.startedAt ?? row.createdAt
  return { attempt: row.attempt, outcome, worker: row.worker, startedAt, finishedAt, error }
}

/** The row as its readers see it. */
export function toRecord(row: Row): JobRecord {
  return {
    id: row.id,
    task: row.task,
    queue: row.queue,
    state: row.state,
    priority: row.priority,
    payload: row.payload,
    version: row.version,
    attempt: row.attempt,
    maxAttempts: row.maxAttempts,
    createdAt: row.createdAt,
    dueAt: row.dueAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    expiresAt: row.expiresAt,
    timeoutMs: row.timeoutMs,
    retry: row.retry,
    tags: row.tags,
    meta: copyMeta(row.meta),
    worker: row.worker,
    result: row.result,
    reason: row.reason,
    error: structuredClone(row.error),
    progress: row.progress,
    lost: row.lost,
  }
}

/** The row with all that is kept with it. */
export function toStored(row: Row): StoredJob {
  return {
    job: toRecord(row),
    attempts: attemptsOf(row),
    logs: structuredClone(row.logs ?? []),
    checkpoints: [...(row.checkpoints?.values() ?? [])],
    unique: row.unique,
  }
}

/** As {@link copyTags}, for a key. */
export function copyKey({ key, until, states }: HeldKey): HeldKey {
  return Object.freeze({ key, until, states: Object.freeze([...states]) })
}

/** The row as its worker gets it. */
export function toClaimed(row: Row): ClaimedJob {
  return {
    id: row.id,
    token: row.token,
    task: row.task,
    queue: row.queue,
    priority: row.priority,
    payload: row.payload,
    version: row.version,
    attempt: row.attempt,
    maxAttempts: row.maxAttempts,
    begun: row.begun,
    createdAt: row.createdAt,
    dueAt: row.dueAt,
    expiresAt: row.expiresAt,
    timeoutMs: row.timeoutMs,
    retry: row.retry,
    tags: row.tags,
    meta: copyMeta(row.meta),
  }
}
