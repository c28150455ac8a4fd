/**
 * Facet `records`: one job, its notes, and the counts. Listing, changing and moving have files of their own.
 * @module
 */
import type { JobNote, QueueCount, RecordsFacet } from '../../contract/index.ts'
import { type JobRow, STATE, stateOf, toRecord } from '../_sql/rows.ts'
import { cancel, deleteJobs, hold, requeue, reschedule } from './changes.ts'
import type { SqliteConnection } from './connection.ts'
import { attemptsOf, exportJob, logsOf } from './export.ts'
import { list } from './list.ts'
import { placeOf } from './places.ts'
import { Pruner } from './prune.ts'
import { restore } from './restore.ts'
import type { SqliteSession } from './session.ts'
import type { WakeBoard } from './wake.ts'

/** The facet. */
export function recordsFacet(connection: SqliteConnection, wakes: WakeBoard): RecordsFacet {
  const pruner = new Pruner(connection)
  return {
    get: (ids) => connection.read((session) => ids.map((id) => find(session, id))),
    list: (filter, page) => connection.read((session) => list(session, filter, page)),
    counts: () => connection.read(counts),
    attempts: (id) =>
      connection.read((session) => {
        const job = session.get<JobRow>('jobGet', id)
        return job === undefined ? [] : attemptsOf(session, job)
      }),
    logs: (id, limit) => connection.read((session) => logsOf(session, id, limit)),
    note: (notes) =>
      connection.write((session) => {
        for (const note of notes) store(session, note)
      }, 'relaxed'),
    cancel: async (ids, reason) => {
      const receipts = await connection.write((session) => cancel(session, ids, reason))
      wakes.settled()
      return receipts
    },
    requeue: async (ids) => {
      const { receipts, queues } = await connection.write((session) => requeue(session, ids))
      wakes.jobs(queues)
      return receipts
    },
    reschedule: async (ids, dueAt) => {
      const { receipts, queues } = await connection.write((session) => reschedule(session, ids, dueAt))
      // Also where it is due later: a worker may hold a timer for the old time.
      wakes.jobs(queues)
      return receipts
    },
    delete: (ids) => connection.write((session) => deleteJobs(session, ids)),
    hold: (ids) => connection.write((session) => hold(session, ids)),
    export: (ids) => connection.readTogether((session) => ids.map((id) => exportJob(session, id))),
    restore: async (jobs) => {
      wakes.jobs(await connection.write((session) => restore(session, jobs)))
    },
    prune: (rules, limit) => pruner.prune(rules, limit),
  }
}

function find(session: SqliteSession, id: string) {
  const row = session.get<JobRow>('jobGet', id)
  return row === undefined ? null : toRecord(row)
}

function counts(session: SqliteSession): QueueCount[] {
  return session
    .all<{ queue: string; state: number; n: number }>('counts')
    .map(({ queue, state, n }) => ({ queue, state: stateOf(state), count: n }))
}

function store(session: SqliteSession, note: JobNote): void {
  const job = placeOf(session, note.id)
  if (job === undefined || job.state !== STATE.active || job.token !== note.token) return
  if (note.progress !== null) session.run('progressPut', job.seq, job.token, JSON.stringify(note.progress))
  for (const { at, level, message, fields, attempt } of note.lines) {
    session.run(
      'logAdd',
      job.seq,
      attempt,
      at,
      level,
      message,
      fields === null ? null : JSON.stringify(fields),
    )
  }
}
