/**
 * Facet `control`: who works here, and telling them something.
 * @module
 */
import type { CancelReceipt, Command, ControlFacet, WorkerInfo } from '../../contract/index.ts'
import { texts } from './array.ts'
import type { PostgresConnection } from './connection.ts'
import type { WakeBoard } from './wake.ts'

/** The facet. */
export function controlFacet(connection: PostgresConnection, wakes: WakeBoard): ControlFacet {
  return {
    workers: async () => {
      const rows = await connection.use((session) => session.json<[number, number, string][]>('workers'))
      return rows.map(([leaseUntil, seenAt, info]) => ({
        ...(JSON.parse(info) as WorkerInfo),
        seenAt,
        leaseUntil,
      }))
    },
    requestCancel: async (ids) => {
      const asked = await connection.use((session) =>
        session.json<[string, CancelReceipt['outcome'], string | null][]>('requestCancel', texts(ids)),
      )
      for (const [, , worker] of asked) if (worker !== null) wakes.control(worker)
      return asked.map(([id, outcome]) => ({ id, outcome }))
    },
    send: async (workerId, command) => {
      await connection.use((session) => session.all('commandAdd', workerId, JSON.stringify(command)))
      wakes.control(workerId)
    },
    receive: async (workerId) => {
      const rows = await connection.use((session) => session.json<string[]>('commandsTake', workerId))
      return rows.map((command) => JSON.parse(command) as Command)
    },
  }
}
