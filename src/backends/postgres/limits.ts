/**
 * Facet `limits`: paused queues.
 * @module
 */
import type { LimitsFacet } from '../../contract/index.ts'
import { texts } from './array.ts'
import type { PostgresConnection } from './connection.ts'
import type { WakeBoard } from './wake.ts'

/** The facet. */
export function limitsFacet(connection: PostgresConnection, wakes: WakeBoard): LimitsFacet {
  return {
    pause: async (queues) => {
      await connection.use((session) => session.all('pause', texts(queues)))
    },
    resume: async (queues) => {
      await connection.use((session) => session.all('resume', texts(queues)))
      wakes.jobs(queues)
    },
    paused: async () => (await connection.use((session) => session.json<string[]>('paused'))).sort(),
  }
}
