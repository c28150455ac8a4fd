/**
 * Facet `schedules`: rows with their next time, and what they fired.
 * @module
 */
import type {
  EnqueueReceipt,
  FiringOutcome,
  FiringRecord,
  ScheduleChange,
  ScheduleRecord,
  SchedulesFacet,
  ScheduleWritten,
} from '../../contract/index.ts'
import { FIRINGS_KEPT } from '../../contract/index.ts'
import type { SqliteConnection } from './connection.ts'
import { enqueue } from './enqueue.ts'
import type { SqliteSession } from './session.ts'
import type { WakeBoard } from './wake.ts'

interface ScheduleRow {
  readonly revision: number
  readonly body: string
}

interface FiringRow {
  readonly n: number
  readonly due_at: number
  readonly at: number
  readonly outcome: FiringOutcome
  readonly manual: number
  readonly count: number
  readonly job_id: string | null
}

/** The facet. */
export function schedulesFacet(connection: SqliteConnection, wakes: WakeBoard): SchedulesFacet {
  return {
    get: (names) =>
      connection.readTogether((session) =>
        names.map((name) => {
          const row = session.get<ScheduleRow>('scheduleGet', name)
          return row === undefined ? null : toSchedule(row)
        }),
      ),
    list: ({ limit, after }) =>
      connection.read((session) => {
        const rows = session.all<ScheduleRow>('scheduleList', after ?? '', limit + 1)
        const schedules = rows.slice(0, limit).map(toSchedule)
        return { schedules, next: rows.length > limit ? (schedules.at(-1)?.name ?? null) : null }
      }),
    due: (limit) =>
      connection.readTogether((session) => {
        const now = session.now()
        const next = session.get<{ next: number | null }>('scheduleNext', now)?.next ?? null
        return {
          now,
          due: session.all<ScheduleRow>('scheduleDue', now, limit).map(toSchedule),
          held: session.all<ScheduleRow>('scheduleHeld', limit).map(toSchedule),
          nextInMs: next === null ? null : next - now,
        }
      }),
    write: async (changes) => {
      if (changes.length === 0) return []
      const answers = await connection.write((session) => changes.map((change) => writeOne(session, change)))
      const written = changes.filter((_, index) => answers[index]?.written === true)
      const jobs = written.flatMap(({ firings }) => firings.flatMap(({ job }) => job ?? []))
      if (jobs.length > 0) wakes.jobs(jobs.map(({ queue }) => queue))
      if (written.length > 0) wakes.schedules()
      return answers
    },
    remove: async (names) => {
      const removed = await connection.write((session) =>
        names.map((name) => {
          session.run('firingDelete', name)
          return session.run('scheduleDelete', name) > 0
        }),
      )
      if (removed.includes(true)) wakes.schedules()
      return removed
    },
    history: (name, { limit, after }) =>
      connection.read((session) => {
        const before = after === null ? Number.MAX_SAFE_INTEGER : Number(after)
        const rows = session.all<FiringRow>('firingList', name, before, limit + 1)
        const page = rows.slice(0, limit)
        const last = page.at(-1)
        return {
          firings: page.map(toFiring),
          next: rows.length > limit && last !== undefined ? String(last.n) : null,
        }
      }),
  }
}

/** The compare-and-set, and what goes with it. The caller holds a write transaction. */
function writeOne(session: SqliteSession, { schedule, firings }: ScheduleChange): ScheduleWritten {
  const { name, revision } = schedule
  const now = session.now()
  const next = session.get<{ latest: number }>('revisionNext')?.latest ?? 0
  const stored = { ...schedule, revision: next }
  const values = [Number(stored.paused), stored.nextAt, stored.heldAt, JSON.stringify(stored)] as const
  const changed =
    revision === 0
      ? session.run('scheduleAdd', name, stored.revision, ...values)
      : session.run('scheduleSet', stored.revision, ...values, name, revision)
  if (changed === 0) return { written: false, receipts: [] }
  const jobs = firings.flatMap(({ job }) => job ?? [])
  const receipts: readonly EnqueueReceipt[] = jobs.length === 0 ? [] : enqueue(session, jobs)
  let used = 0
  for (const { job, dueAt, outcome, manual, count } of firings) {
    const jobId = job === null ? null : (receipts[used++]?.id ?? null)
    session.run('firingAdd', name, dueAt, now, outcome, Number(manual), count, jobId)
  }
  if (firings.length > 0) session.run('firingTrim', name, name, FIRINGS_KEPT)
  return { written: true, receipts }
}

function toSchedule({ revision, body }: ScheduleRow): ScheduleRecord {
  return { ...(JSON.parse(body) as ScheduleRecord), revision }
}

function toFiring({ due_at, at, outcome, manual, count, job_id }: FiringRow): FiringRecord {
  return { dueAt: due_at, at, outcome, manual: manual === 1, count, jobId: job_id }
}
