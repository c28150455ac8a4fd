/**
 * Facet `unique`: who holds a key.
 * @module
 */
import type { UniqueFacet } from '../../contract/index.ts'
import { readBody } from './body.ts'
import type { RedisConnection } from './connection.ts'
import { RequestWriter } from './request.ts'

/** The facet. */
export function uniqueFacet(connection: RedisConnection): UniqueFacet {
  const named = (keys: readonly string[]): RequestWriter => {
    const request = new RequestWriter().u16(keys.length)
    for (const key of keys) request.short(key)
    return request
  }
  return {
    async holders(keys) {
      const reply = await connection.ask('holders', named(keys))
      return keys.map(() => {
        const body = reply.bytes()
        return body.length === 0 ? null : readBody(body).id
      })
    },

    async release(keys) {
      await connection.run('releaseKeys', named(keys))
    },
  }
}
