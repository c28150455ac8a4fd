/**
 * Facet `limits`: paused queues.
 * @module
 */
import type { LimitsFacet } from '../../contract/index.ts'
import type { SqliteConnection } from './connection.ts'
import type { WakeBoard } from './wake.ts'

/** The facet. */
export function limitsFacet(connection: SqliteConnection, wakes: WakeBoard): LimitsFacet {
  return {
    pause: (queues) =>
      connection.write((session) => {
        for (const queue of queues) session.run('pauseAdd', queue)
      }),
    resume: async (queues) => {
      await connection.write((session) => {
        for (const queue of queues) session.run('pauseDelete', queue)
      })
      wakes.jobs(queues)
    },
    paused: () =>
      connection.read((session) => session.rows('pausedQueues').map(([queue]) => queue as string)),
  }
}
