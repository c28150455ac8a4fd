/**
 * Facet `control`: who is at work, and commands to them.
 * @module
 */
import type { CancelReceipt, Command, ControlFacet, WorkerInfo, WorkerRecord } from '../../contract/index.ts'
import type { RedisConnection } from './connection.ts'
import { keyOf } from './job-key.ts'
import { RequestWriter } from './request.ts'

const OUTCOMES: readonly CancelReceipt['outcome'][] = ['requested', 'not-active', 'not-found']

/** The facet. */
export function controlFacet(connection: RedisConnection): ControlFacet {
  return {
    async workers() {
      const reply = await connection.ask('listWorkers')
      const workers: WorkerRecord[] = []
      while (!reply.ended) {
        const [leaseUntil, seenAt] = [reply.u48(), reply.u48()]
        workers.push({ ...(JSON.parse(reply.long()) as WorkerInfo), seenAt, leaseUntil })
      }
      return workers
    },

    async requestCancel(ids) {
      if (ids.length === 0) return []
      const request = new RequestWriter().u16(ids.length)
      for (const id of ids) {
        const command: Command = { kind: 'cancel', jobId: id }
        request.raw(keyOf(id)).short(JSON.stringify(command))
      }
      const reply = await connection.ask('requestCancel', request)
      return ids.map((id) => ({ id, outcome: OUTCOMES[reply.u8()] ?? 'not-found' }))
    },

    async send(workerId, command) {
      await connection.run('sendCommand', new RequestWriter().short(workerId).long(JSON.stringify(command)))
    },

    async receive(workerId) {
      const reply = await connection.ask('receiveCommands', new RequestWriter().short(workerId))
      const commands: Command[] = []
      while (!reply.ended) commands.push(JSON.parse(reply.long()) as Command)
      return commands
    },
  }
}
