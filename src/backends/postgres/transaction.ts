/**
 * Facet `transaction`: the same statements, on the user's own connection and in their transaction.
 * @module
 */
import type { StoreTransaction, TransactionFacet } from '../../contract/index.ts'
import type { PostgresConnection } from './connection.ts'
import { enqueue, type Joined } from './enqueue.ts'
import { translate } from './errors.ts'
import type { Lent } from './lent/lent.ts'
import { lend } from './lent.ts'
import { channelOf } from './options.ts'
import { PostgresSession } from './session.ts'
import { settle } from './settle.ts'

/** The facet. `committed` wakes whoever waits. */
export function transactionFacet(connection: PostgresConnection, committed: () => void): TransactionFacet {
  const { settings } = connection

  function bind(lent: Lent, joined: Joined): StoreTransaction {
    const session = new PostgresSession(lent.executor, settings.schema, connection.clock)
    const call = async <T>(work: () => Promise<T>): Promise<T> => {
      // Nobody may have used the store yet. Its tables are made on a connection of ours, and stay.
      await connection.ready()
      try {
        return await work()
      } catch (error) {
        throw translate(error, settings.location)
      }
    }
    return {
      enqueue: (jobs) => call(async () => (jobs.length === 0 ? [] : enqueue(session, jobs, joined))),
      settle: (settlements) => call(() => settle(session, settlements)),
    }
  }

  return {
    committed,
    join: (given) => bind(lend(given, 'join'), { channel: channelOf(settings) }),
    // Whoever runs it knows when it is committed, and tells it then, which takes no lock.
    run: async (given, work) => lend(given, 'run').transact((lent) => work(bind(lent, { channel: null }))),
  }
}
