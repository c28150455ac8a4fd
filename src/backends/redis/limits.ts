/**
 * Facet `limits`: paused queues.
 * @module
 */
import type { LimitsFacet } from '../../contract/index.ts'
import type { RedisConnection } from './connection.ts'
import { RequestWriter } from './request.ts'

/** The facet. */
export function limitsFacet(connection: RedisConnection): LimitsFacet {
  const set = async (pausing: boolean, queues: readonly string[]): Promise<void> => {
    const request = new RequestWriter().u8(pausing ? 1 : 0).u16(queues.length)
    for (const queue of queues) request.short(queue)
    await connection.run('pause', request)
  }
  return {
    pause: (queues) => set(true, queues),
    resume: (queues) => set(false, queues),
    async paused() {
      const queues = (await connection.command('SMEMBERS', connection.scripts.key('paused'))) as string[]
      return queues.sort()
    },
  }
}
