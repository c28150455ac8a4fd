/**
 * Facet `transaction`: enqueue and settle inside the user's own database transaction.
 * @module
 */
import type { EnqueueReceipt, NewJob } from './job.ts'
import type { Settlement } from './settle.ts'

/** The store, through the user's connection. Nothing is visible to workers until the user commits. */
export interface StoreTransaction {
  /** Same as the broker's; on a synchronous driver it has happened when the call returns. */
  enqueue(jobs: readonly NewJob[]): Promise<readonly EnqueueReceipt[]>
  /** Settles attempts; answers the ids whose lease was lost (their settlement changed nothing). */
  settle(settlements: readonly Settlement[]): Promise<readonly string[]>
}

/** Ability: the store lives in a database the user can open a transaction on. */
export interface TransactionFacet {
  /**
   * Binds the store to the user's connection, which must be inside a transaction.
   * @throws InvalidOptionError where the connection is none that this backend can use.
   */
  join(connection: unknown): StoreTransaction
  /** Runs `work` in one transaction of the given connection: commits when it returns, rolls back when it throws. */
  run<T>(connection: unknown, work: (tx: StoreTransaction) => T | Promise<T>): Promise<T>
  /**
   * Wakes workers after the user's commit. Where it is not called, they find the jobs at their next poll, unless the
   * store tells them of the commit by itself.
   */
  committed(): void
}
