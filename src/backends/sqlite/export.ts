/**
 * What is kept with a job beside its record: attempts, log lines, checkpoints and its unique key.
 * @module
 */
import type {
  AttemptRecord,
  Checkpoint,
  HeldKey,
  JobLogLine,
  JobMeta,
  StoredJob,
} from '../../contract/index.ts'
import { type AttemptRow, type JobRow, STATE, STATES, toAttempt, toRecord } from '../_sql/rows.ts'
import { toCheckpoint } from './checkpoints.ts'
import type { SqliteSession } from './session.ts'

/** A job with all of it, or null. */
export function exportJob(session: SqliteSession, id: string): StoredJob | null {
  const row = session.get<JobRow>('jobGet', id)
  if (row === undefined) return null
  return {
    job: toRecord(row),
    attempts: attemptsOf(session, row),
    logs: logsOf(session, id, ALL),
    checkpoints: checkpointsOf(session, row.seq),
    unique: keyOf(session, row.seq),
  }
}

/** Ended attempts are stored; the running or successful one is read off the job. */
export function attemptsOf(session: SqliteSession, job: JobRow): AttemptRecord[] {
  const ended = session.all<AttemptRow>('attemptsOf', job.seq).map(toAttempt)
  const current = job.state === STATE.active ? 'running' : job.state === STATE.succeeded ? 'succeeded' : null
  if (current === null || job.started_at === null) return ended
  const { attempt, worker, started_at: startedAt, finished_at: finishedAt } = job
  return [...ended, { attempt, outcome: current, worker, startedAt, finishedAt, error: null }]
}

interface LogRow {
  readonly at: number
  readonly level: JobLogLine['level']
  readonly message: string
  readonly fields: string | null
  readonly attempt: number
}

/** To SQLite, a limit below 0 is none. */
const ALL = -1

/** The latest lines, oldest first. */
export function logsOf(session: SqliteSession, id: string, limit: number): JobLogLine[] {
  return session
    .all<LogRow>('logsOf', id, limit)
    .reverse()
    .map((row) => ({ ...row, fields: row.fields === null ? null : (JSON.parse(row.fields) as JobMeta) }))
}

function checkpointsOf(session: SqliteSession, seq: number): Checkpoint[] {
  return session
    .all<{ key: string; done: number; value: string | null }>('checkpointsOf', seq)
    .map((row) => toCheckpoint(row.key, row))
}

function keyOf(session: SqliteSession, seq: number): HeldKey | null {
  const row = session.get<{ key: string; until: number | null; states: number }>('uniqueOf', seq)
  if (row === undefined) return null
  return { key: row.key, until: row.until, states: STATES.filter((_, bit) => (row.states >> bit) & 1) }
}
