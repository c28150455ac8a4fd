/**
 * Facet `records`: reading, searching and correcting stored jobs.
 * @module
 */
import type { ChangeReceipt, FinishReason, JobNote, RecordsFacet } from '../../contract/index.ts'
import { type JobRow, stateOf, toRecord } from '../_sql/rows.ts'
import { numbers, sparseTexts, texts } from './array.ts'
import type { PostgresConnection } from './connection.ts'
import { readCounts } from './counts.ts'
import { attemptsOf, exportJobs, logsOf } from './export.ts'
import type { Floors } from './floors.ts'
import { list } from './list.ts'
import { Pruner } from './prune.ts'
import { restore } from './restore.ts'
import type { PostgresSession } from './session.ts'
import type { WakeBoard } from './wake.ts'

type Correction = 'cancel' | 'requeue' | 'reschedule' | 'hold' | 'delete'

/** Receipts, and the queues they touched. */
interface Changed {
  readonly receipts: readonly ChangeReceipt[]
  readonly queues: ReadonlySet<string>
}

/** The facet. */
export function recordsFacet(connection: PostgresConnection, wakes: WakeBoard, floors: Floors): RecordsFacet {
  const pruner = new Pruner(connection)
  const change = (what: Correction, ids: readonly string[], dueAt = 0, reason: FinishReason | null = null) =>
    connection.use((session) => correct(session, what, ids, dueAt, reason))
  return {
    get: (ids) => connection.use((session) => get(session, ids)),
    list: (filter, page) => connection.use((session) => list(session, filter, page)),
    counts: () => connection.use(readCounts),
    attempts: (id) => connection.use((session) => attemptsOf(session, id)),
    logs: (id, limit) => connection.use((session) => logsOf(session, id, limit)),
    note: (notes) =>
      connection.use(async (session) => {
        for (const note of notes) await store(session, note)
      }),
    cancel: async (ids, reason) => {
      const { receipts } = await change('cancel', ids, 0, reason)
      wakes.settled()
      return receipts
    },
    requeue: async (ids) => {
      floors.clear()
      const { receipts, queues } = await change('requeue', ids)
      wakes.jobs(queues)
      return receipts
    },
    reschedule: async (ids, dueAt) => {
      const { receipts, queues } = await change('reschedule', ids, Math.round(dueAt))
      floors.clear()
      // Also where it is due later: a worker may hold a timer for the old time.
      wakes.jobs(queues)
      return receipts
    },
    delete: async (ids) => (await change('delete', ids)).receipts,
    hold: async (ids) => (await change('hold', ids)).receipts,
    export: (ids) => connection.use((session) => exportJobs(session, ids)),
    restore: async (jobs) => {
      await connection.transact((session) => restore(session, jobs))
      floors.clear()
      wakes.jobs(new Set(jobs.map(({ job }) => job.queue)))
    },
    prune: (rules, limit) => pruner.prune(rules, limit),
  }
}

async function get(session: PostgresSession, ids: readonly string[]) {
  const rows = await session.all<{ row: string | null }>('records', texts(ids))
  return rows.map(({ row }) => (row === null ? null : toRecord(JSON.parse(row) as JobRow)))
}

async function correct(
  session: PostgresSession,
  what: Correction,
  ids: readonly string[],
  dueAt: number,
  reason: FinishReason | null,
): Promise<Changed> {
  const rows = await session.json<[string, ChangeReceipt['outcome'], number | null, string | null][]>(
    'change',
    what,
    texts(ids),
    dueAt,
    reason,
  )
  const queues = new Set<string>()
  const receipts = rows.map(([id, outcome, state, queue]): ChangeReceipt => {
    if (queue !== null) queues.add(queue)
    return { id, outcome, state: state === null ? null : stateOf(state) }
  })
  return { receipts, queues }
}

async function store(session: PostgresSession, { id, token, progress, lines }: JobNote): Promise<void> {
  await session.all(
    'note',
    id,
    token,
    progress === null ? null : JSON.stringify(progress),
    numbers(lines.map(({ at }) => Math.round(at))),
    numbers(lines.map(({ attempt }) => attempt)),
    texts(lines.map(({ level }) => level)),
    texts(lines.map(({ message }) => JSON.stringify(message))),
    sparseTexts(lines.map(({ fields }) => (fields === null ? null : JSON.stringify(fields)))),
  )
}
