/**
 * Corrections a person makes to stored jobs, some hundred a call.
 * @module
 */
import type { ChangeReceipt } from '../../contract/index.ts'
import type { RedisConnection } from './connection.ts'
import { writeKeys } from './job-key.ts'
import { stateOf } from './record.ts'
import { RequestWriter } from './request.ts'

/** Most jobs changed in one call: the server does nothing else for a few ms then. */
const MOST = 200

const CHANGES = ['cancel', 'requeue', 'reschedule', 'hold', 'delete'] as const
const OUTCOMES: readonly ChangeReceipt['outcome'][] = ['done', 'refused', 'not-found']
const NO_STATE = 255

/** Changes the jobs, in their order. `argument` is a reason's number, or a due time. */
export async function change(
  connection: RedisConnection,
  what: (typeof CHANGES)[number],
  ids: readonly string[],
  argument = 0,
): Promise<ChangeReceipt[]> {
  const receipts: ChangeReceipt[] = []
  for (let from = 0; from < ids.length; from += MOST) {
    const some = ids.slice(from, from + MOST)
    const request = new RequestWriter().u8(CHANGES.indexOf(what)).ms(argument)
    const reply = await connection.ask('change', writeKeys(request, some))
    for (const id of some) {
      const [outcome, state] = [OUTCOMES[reply.u8()] ?? 'not-found', reply.u8()]
      receipts.push({ id, outcome, state: state === NO_STATE ? null : stateOf(state) })
    }
  }
  return receipts
}
