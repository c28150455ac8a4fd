/**
 * What all connections that users lend have in common.
 * @module
 */
import { InvalidOptionError } from '../../../contract/index.ts'
import type { Executor } from '../driver.ts'

/** A connection that was lent. */
export interface Lent {
  readonly executor: Executor
  /** Runs `work` in one transaction of the connection: commits when it returns, rolls back when it throws. */
  transact<T>(work: (lent: Lent) => T | Promise<T>): Promise<T>
}

/** What the caller is going to do: `join` a transaction that is open, or `run` one. */
export type Use = 'join' | 'run'

/** Null where the connection is not of its library. @throws InvalidOptionError where it is, and will not do. */
export type Recogniser = (given: unknown, use: Use) => Lent | null

/** True where the value has methods of these names. */
export function hasMethods<Name extends string>(
  given: unknown,
  ...names: Name[]
): given is Record<Name, (...args: never[]) => unknown> {
  if ((typeof given !== 'object' || given === null) && typeof given !== 'function') return false
  return names.every((name) => name in given && typeof (given as Record<Name, unknown>)[name] === 'function')
}

/**
 * A transaction that its library hands out, and that only the library can begin and end.
 * @param how an example that begins one.
 */
export function joinOnly(library: string, how: string, use: Use, inside: boolean, executor: Executor): Lent {
  const advice = `Begin the transaction with ${library} and join it: ${how}`
  if (use === 'run') throw new InvalidOptionError('connection', advice)
  if (!inside) throw new InvalidOptionError('connection', `This is no transaction of ${library}'s. ${advice}`)
  return {
    executor,
    transact: () => Promise.reject(new InvalidOptionError('connection', advice)),
  }
}
