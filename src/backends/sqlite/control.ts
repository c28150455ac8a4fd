/**
 * Facet `control`: who works here, and telling them something.
 * @module
 */
import type { CancelReceipt, Command, ControlFacet, WorkerInfo, WorkerRecord } from '../../contract/index.ts'
import { STATE } from '../_sql/rows.ts'
import type { SqliteConnection } from './connection.ts'
import { placeOf } from './places.ts'
import type { SqliteSession } from './session.ts'
import type { WakeBoard } from './wake.ts'

interface WorkerRow {
  readonly lease_until: number
  readonly seen_at: number
  readonly info: string
}

/** The facet. */
export function controlFacet(connection: SqliteConnection, wakes: WakeBoard): ControlFacet {
  return {
    workers: () => connection.read(liveWorkers),
    requestCancel: async (ids) => {
      const asked = await connection.write((session) => ids.map((id) => askToCancel(session, id)))
      for (const { worker } of asked) if (worker !== null) wakes.control(worker)
      return asked.map(({ receipt }) => receipt)
    },
    send: async (workerId, command) => {
      await connection.write((session) => leaveCommand(session, workerId, command))
      wakes.control(workerId)
    },
    receive: async (workerId) => {
      const waiting = await connection.read((session) => session.all('commandsOf', workerId).length > 0)
      return waiting ? connection.write((session) => take(session, workerId)) : []
    },
  }
}

function liveWorkers(session: SqliteSession): WorkerRecord[] {
  const now = session.now()
  return session
    .all<WorkerRow>('workersAll')
    .filter((row) => row.lease_until > now)
    .map((row) => ({
      ...(JSON.parse(row.info) as WorkerInfo),
      seenAt: row.seen_at,
      leaseUntil: row.lease_until,
    }))
}

function askToCancel(session: SqliteSession, id: string): { receipt: CancelReceipt; worker: string | null } {
  const job = placeOf(session, id)
  if (job === undefined) return { receipt: { id, outcome: 'not-found' }, worker: null }
  if (job.state !== STATE.active || job.worker === null)
    return { receipt: { id, outcome: 'not-active' }, worker: null }
  leaveCommand(session, job.worker, { kind: 'cancel', jobId: id })
  return { receipt: { id, outcome: 'requested' }, worker: job.worker }
}

function leaveCommand(session: SqliteSession, workerId: string, command: Command): void {
  session.run('commandAdd', workerId, JSON.stringify(command))
}

function take(session: SqliteSession, workerId: string): Command[] {
  const rows = session.all<{ n: number; command: string }>('commandsOf', workerId)
  const last = rows.at(-1)
  if (last !== undefined) session.run('commandsDelete', workerId, last.n)
  return rows.map((row) => JSON.parse(row.command) as Command)
}
