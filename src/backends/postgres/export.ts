/**
 * What is kept with a job beside its record: attempts, log lines, checkpoints and its unique key.
 * @module
 */
import type { AttemptRecord, HeldKey, JobLogLine, JobMeta, StoredJob } from '../../contract/index.ts'
import { type AttemptRow, type JobRow, STATE, STATES, toAttempt, toRecord } from '../_sql/rows.ts'
import { texts } from './array.ts'
import { toCheckpoint } from './checkpoints.ts'
import type { PostgresSession } from './session.ts'

interface LogRow {
  readonly at: number
  readonly level: JobLogLine['level']
  readonly message: string
  readonly fields: string | null
  readonly attempt: number
}

interface Whole {
  readonly row: JobRow
  readonly attempts: readonly AttemptRow[] | null
  readonly logs: readonly LogRow[] | null
  readonly checkpoints: readonly { key: string; done: boolean; value: string | null }[] | null
  readonly key: { key: string; until: number | null; states: number } | null
}

/** Jobs with all of it, or null. */
export async function exportJobs(
  session: PostgresSession,
  ids: readonly string[],
): Promise<(StoredJob | null)[]> {
  return (await wholes(session, ids)).map((whole) => (whole === null ? null : toStored(whole)))
}

/** Ended attempts are stored; the running or successful one is read off the job. */
export async function attemptsOf(session: PostgresSession, id: string): Promise<AttemptRecord[]> {
  const [whole] = await wholes(session, [id])
  return whole === null || whole === undefined ? [] : attempts(whole)
}

/** The latest lines, oldest first. */
export async function logsOf(session: PostgresSession, id: string, limit: number): Promise<JobLogLine[]> {
  return (await session.json<LogRow[]>('logs', id, limit)).map(toLine)
}

async function wholes(session: PostgresSession, ids: readonly string[]): Promise<(Whole | null)[]> {
  const rows = await session.all<{ row: string | null }>('exports', texts(ids))
  return rows.map(({ row }) => (row === null ? null : (JSON.parse(row) as Whole)))
}

function toStored(whole: Whole): StoredJob {
  return {
    job: toRecord(whole.row),
    attempts: attempts(whole),
    logs: (whole.logs ?? []).map(toLine),
    checkpoints: (whole.checkpoints ?? []).map(toCheckpoint),
    unique: toKey(whole.key),
  }
}

function attempts({ row, attempts: stored }: Whole): AttemptRecord[] {
  const ended = (stored ?? []).map(toAttempt)
  const current = row.state === STATE.active ? 'running' : row.state === STATE.succeeded ? 'succeeded' : null
  if (current === null || row.started_at === null) return ended
  const { attempt, worker, started_at: startedAt, finished_at: finishedAt } = row
  return [...ended, { attempt, outcome: current, worker, startedAt, finishedAt, error: null }]
}

function toLine({ at, level, message, fields, attempt }: LogRow): JobLogLine {
  return {
    at,
    level,
    message: JSON.parse(message) as string,
    fields: fields === null ? null : (JSON.parse(fields) as JobMeta),
    attempt,
  }
}

function toKey(row: Whole['key']): HeldKey | null {
  if (row === null) return null
  return { key: row.key, until: row.until, states: STATES.filter((_, bit) => (row.states >> bit) & 1) }
}
