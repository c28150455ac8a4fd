/**
 * Jobs by queue and state. Every call adds its differences as new rows, so that no two calls wait for each other; they
 * are summed up now and then, by whoever reads many of them and by each `rescue`.
 * @module
 */
import type { QueueCount } from '../../contract/index.ts'
import { stateOf } from '../_sql/rows.ts'
import type { PostgresSession } from './session.ts'

/** A reader that meets more differences than this sums them up for the next one. */
const MANY = 1_000

/** The counts that are not 0. */
export async function readCounts(session: PostgresSession): Promise<QueueCount[]> {
  const { counts } = await session.one<{ counts: string }>('counts')
  const { pending, rows } = JSON.parse(counts) as { pending: number; rows: [string, number, number][] }
  if (pending > MANY) await session.all('fold')
  return rows.map(([queue, state, count]) => ({ queue, state: stateOf(state), count }))
}
