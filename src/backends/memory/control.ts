/**
 * Facet `control`: who works, and commands for them.
 * @module
 */
import type { CancelReceipt, Command, ControlFacet } from '../../contract/index.ts'
import type { Store } from './store.ts'

/** Makes the facet. */
export function controlFacet(store: Store): ControlFacet {
  return {
    async workers() {
      store.assertOpen()
      const offset = store.now() - store.clock.monotonic()
      return [...store.workers.values()]
        .filter(({ info }) => store.isLive(info.id))
        .map(({ info, seenAt, leaseEnds }) => ({ ...info, seenAt, leaseUntil: leaseEnds + offset }))
    },

    async requestCancel(ids) {
      store.assertOpen()
      return ids.map((id) => requestCancel(store, id))
    },

    async send(workerId, command) {
      store.assertOpen()
      leave(store, workerId, command)
    },

    async receive(workerId) {
      store.assertOpen()
      const commands = store.commands.get(workerId) ?? []
      store.commands.delete(workerId)
      return commands
    },
  }
}

function requestCancel(store: Store, id: string): CancelReceipt {
  const row = store.jobs.get(id)
  if (row === undefined) return { id, outcome: 'not-found' }
  if (row.state !== 'active' || row.worker === null) return { id, outcome: 'not-active' }
  leave(store, row.worker, { kind: 'cancel', jobId: id })
  return { id, outcome: 'requested' }
}

function leave(store: Store, workerId: string, command: Command): void {
  const waiting = store.commands.get(workerId)
  if (waiting === undefined) store.commands.set(workerId, [command])
  else waiting.push(command)
  store.wakes.control(workerId)
}
