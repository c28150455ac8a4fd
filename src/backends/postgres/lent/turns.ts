/**
 * Transactions of one connection, one after the other.
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { InvalidOptionError } from '../../../contract/index.ts'

/** The connection whose transaction each asynchronous call chain is inside of. */
const inside = new AsyncLocalStorage<unknown>()
const turns = new WeakMap<object, Promise<unknown>>()

/** A connection has one transaction at a time, so that those of concurrent jobs on one connection wait for their turn. */
export function inTurn<T>(connection: object, work: () => Promise<T>): Promise<T> {
  if (inside.getStore() === connection) {
    const message =
      'A transaction runs on this connection already. Use the one you were given instead of opening another inside it.'
    return Promise.reject(new InvalidOptionError('connection', message))
  }
  const turn = (turns.get(connection) ?? Promise.resolve()).then(() => inside.run(connection, work))
  turns.set(
    connection,
    turn.catch(() => undefined),
  )
  return turn
}
