/**
 * Facet `schedules`: rows with their next time, and what they fired.
 * @module
 */
import type {
  EnqueueReceipt,
  FiringOutcome,
  ScheduleChange,
  ScheduleRecord,
  SchedulesFacet,
  ScheduleWritten,
} from '../../contract/index.ts'
import { FIRINGS_KEPT } from '../../contract/index.ts'
import { texts } from './array.ts'
import type { PostgresConnection } from './connection.ts'
import { enqueue } from './enqueue.ts'
import type { Floors } from './floors.ts'
import type { PostgresSession } from './session.ts'
import type { WakeBoard } from './wake.ts'

/** Most jobs of one change that travel in one statement. */
const JOBS_AT_ONCE = 500

type Row = [revision: number, body: string]
type FiringRow = [
  n: number,
  dueAt: number,
  at: number,
  outcome: FiringOutcome,
  manual: boolean,
  count: number,
  jobId: string | null,
]
interface Due {
  readonly now: number
  readonly next: number | null
  readonly due: readonly Row[] | null
  readonly held: readonly Row[] | null
}

/** The facet. */
export function schedulesFacet(
  connection: PostgresConnection,
  wakes: WakeBoard,
  floors: Floors,
): SchedulesFacet {
  return {
    get: async (names) => {
      const rows = await connection.use((session) => session.json<Row[]>('schedulesGet', texts(names)))
      const found = new Map(rows.map(toSchedule).map((row) => [row.name, row]))
      return names.map((name) => found.get(name) ?? null)
    },
    list: async ({ limit, after }) => {
      const rows = await connection.use((session) =>
        session.json<Row[]>('schedulesList', after ?? '', limit + 1),
      )
      const schedules = rows.slice(0, limit).map(toSchedule)
      return { schedules, next: rows.length > limit ? (schedules.at(-1)?.name ?? null) : null }
    },
    due: async (limit) => {
      const { now, next, due, held } = await connection.use((session) =>
        session.json<Due>('schedulesDue', limit),
      )
      return {
        now,
        due: (due ?? []).map(toSchedule),
        held: (held ?? []).map(toSchedule),
        nextInMs: next === null ? null : next - now,
      }
    },
    write: async (changes) => {
      const answers: ScheduleWritten[] = []
      for (const change of changes) {
        // One transaction each, so that two who fire the same schedules in another order do not wait for one another.
        answers.push(await connection.transact((session) => writeOne(session, change)))
      }
      const written = changes.filter((_, index) => answers[index]?.written === true)
      const jobs = written.flatMap(({ firings }) => firings.flatMap(({ job }) => job ?? []))
      if (jobs.length > 0) {
        // Their due times may lie before what has been claimed.
        floors.clear()
        wakes.jobs(new Set(jobs.map(({ queue }) => queue)))
      }
      if (written.length > 0) wakes.schedules()
      return answers
    },
    remove: async (names) => {
      const gone = new Set(
        await connection.use((session) => session.json<string[]>('schedulesDelete', texts(names))),
      )
      if (gone.size > 0) wakes.schedules()
      // Of a name that was given twice, the first removed it.
      return names.map((name) => gone.delete(name))
    },
    history: async (name, { limit, after }) => {
      const rows = await connection.use((session) =>
        session.json<FiringRow[]>('firingsList', name, after, limit + 1),
      )
      const firings = rows
        .slice(0, limit)
        .map(([, dueAt, at, outcome, manual, count, jobId]) => ({ dueAt, at, outcome, manual, count, jobId }))
      const last = rows[limit - 1]
      return { firings, next: rows.length > limit && last !== undefined ? String(last[0]) : null }
    },
  }
}

/** The compare-and-set, and what goes with it. The caller holds a transaction. */
async function writeOne(
  session: PostgresSession,
  { schedule, firings }: ScheduleChange,
): Promise<ScheduleWritten> {
  const { name, revision, paused, nextAt, heldAt } = schedule
  const body = JSON.stringify(schedule)
  const set = await session.all('scheduleSet', name, revision, paused, nextAt, heldAt, body)
  if (set.length === 0) return { written: false, receipts: [] }
  const jobs = firings.flatMap(({ job }) => job ?? [])
  const receipts: EnqueueReceipt[] = []
  for (let at = 0; at < jobs.length; at += JOBS_AT_ONCE) {
    receipts.push(...(await enqueue(session, jobs.slice(at, at + JOBS_AT_ONCE))))
  }
  if (firings.length > 0) {
    let used = 0
    const records = firings.map(({ job, ...firing }) => ({
      ...firing,
      jobId: job === null ? null : (receipts[used++]?.id ?? null),
    }))
    await session.all('firingsAdd', name, JSON.stringify(records))
    await session.all('firingsTrim', name, FIRINGS_KEPT)
  }
  return { written: true, receipts }
}

function toSchedule([revision, body]: Row): ScheduleRecord {
  return { ...(JSON.parse(body) as ScheduleRecord), revision }
}
