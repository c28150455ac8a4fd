/**
 * Pruning finished jobs by age and by number, some at a time.
 * @module
 */
import type { RetentionRule } from '../../contract/index.ts'
import type { RedisConnection } from './connection.ts'
import { stateNumber } from './record.ts'
import { RequestWriter } from './request.ts'

/** Most jobs deleted in one call: the server does nothing else for a few ms then. */
const MOST = 200

/** Deletes what the rules say, at most so many jobs. */
export async function prune(
  connection: RedisConnection,
  rules: readonly RetentionRule[],
  limit: number,
): Promise<number> {
  let deleted = 0
  for (const rule of rules) {
    while (deleted < limit) {
      const most = Math.min(MOST, limit - deleted)
      const some = (await connection.ask('prune', request(rule, most))).u16()
      deleted += some
      if (some < most) break
    }
  }
  return deleted
}

function request({ state, maxAgeMs, maxCount }: RetentionRule, most: number): RequestWriter {
  return new RequestWriter()
    .u8(stateNumber(state))
    .u8(maxAgeMs === null ? 0 : 1)
    .ms(maxAgeMs ?? 0)
    .u8(maxCount === null ? 0 : 1)
    .u48(maxCount ?? 0)
    .u16(most)
}
