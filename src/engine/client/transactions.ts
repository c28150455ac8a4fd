/**
 * Enqueueing inside the caller's own database transaction.
 * @module
 */
import type {
  AnyTask,
  Backend,
  EnqueueOptions,
  EnqueueReceipt,
  NewJob,
  Receipt,
  StoreTransaction,
  TransactionalClient,
  TransactionFacet,
} from '../../contract/index.ts'
import { InvalidOptionError, NotRunningError } from '../../contract/index.ts'
import { show } from '../../kit/show.ts'
import { announceEnqueued } from './announce.ts'
import type { ClientContext } from './context.ts'
import { needFacet } from './facet.ts'
import { enqueueInto } from './producer.ts'
import { enqueueError } from './store-error.ts'

/** A job that became part of a transaction, for listeners once it is committed. */
interface Joined {
  readonly job: NewJob
  readonly receipt: EnqueueReceipt
}

/** Joins the transactions of callers. */
export class Transactions {
  readonly #context: ClientContext
  #wakeScheduled = false

  constructor(context: ClientContext) {
    this.#context = context
  }

  /** A client on the caller's connection; see `Millrace.in`. */
  in(connection: unknown): TransactionalClient {
    const backend = this.#context.source.current
    if (backend === null) {
      throw new NotRunningError(
        'The store is not open, and a transaction that runs cannot wait for it: `await app.ready()` before ' +
          'app.in(), and do not use it after app.close().',
      )
    }
    const facet = needFacet(backend, 'transaction', 'app.in()')
    const store = facet.join(connection)
    // Nobody says when the caller commits; mostly it has by the end of the tick, and a wake is only a hint.
    return this.#client(
      backend,
      () => store,
      () => this.#wakeSoon(facet),
    )
  }

  /** Runs `fn` in one transaction; see `Millrace.transaction`. */
  async run<T>(connection: unknown, fn: (tx: TransactionalClient) => T | Promise<T>): Promise<T> {
    if (typeof fn !== 'function') {
      throw new InvalidOptionError('fn', `app.transaction() takes a function, got ${show(fn)}.`)
    }
    const backend = await this.#context.source.open()
    const facet = needFacet(backend, 'transaction', 'app.transaction()')
    const joined: Joined[] = []
    let open: StoreTransaction | null = null
    const current = (): StoreTransaction => {
      if (open !== null) return open
      throw new NotRunningError(
        'The transaction is over: await every enqueue inside the function it was given to.',
      )
    }
    const client = this.#client(backend, current, (job, receipt) => joined.push({ job, receipt }))
    const over = (): void => {
      open = null
    }
    const answer = await facet.run(connection, (store) => {
      open = store
      return thenAlways(() => fn(client), over)
    })
    facet.committed()
    this.#announce(joined)
    return answer
  }

  #client(
    backend: Backend,
    current: () => StoreTransaction,
    stored: (job: NewJob, receipt: EnqueueReceipt) => void,
  ): TransactionalClient {
    const store = (job: NewJob): Promise<EnqueueReceipt> => {
      if (job.unique !== null) needFacet(backend, 'unique', 'The option unique')
      return storeOne(current(), job, stored)
    }
    const enqueue = (task: AnyTask, input?: unknown, options?: EnqueueOptions<never>): Promise<Receipt> =>
      enqueueInto(this.#context, task, input, options, store)
    // The one signature with inferred types is the contract's; behind it every task is alike.
    return { enqueue: enqueue as TransactionalClient['enqueue'] }
  }

  #announce(joined: readonly Joined[]): void {
    const jobs = joined.map(({ job }) => job)
    const receipts = joined.map(({ receipt }) => receipt)
    announceEnqueued(this.#context, jobs, receipts)
  }

  #wakeSoon(facet: TransactionFacet): void {
    if (this.#wakeScheduled) return
    this.#wakeScheduled = true
    setImmediate(() => {
      this.#wakeScheduled = false
      try {
        if (this.#context.source.current !== null) facet.committed()
      } catch (error) {
        this.#context.events.emit('internal:error', {
          at: this.#context.clock.now(),
          during: 'wake after a transaction',
          error,
        })
      }
    })
  }
}

/** Calls `after` when `work` has ended; at once where it is not asynchronous. */
function thenAlways<T>(work: () => T | Promise<T>, after: () => void): T | Promise<T> {
  let answer: T | Promise<T>
  try {
    answer = work()
  } catch (error) {
    after()
    throw error
  }
  if (answer instanceof Promise) return answer.finally(after)
  after()
  return answer
}

/** Not an async function: a synchronous driver has stored the job when this returns. */
function storeOne(
  tx: StoreTransaction,
  job: NewJob,
  stored: (job: NewJob, receipt: EnqueueReceipt) => void,
): Promise<EnqueueReceipt> {
  const failed = (error: unknown): never => {
    throw enqueueError(error, job)
  }
  return tx.enqueue([job]).then(([receipt]) => {
    if (receipt === undefined) return failed(new RangeError('The backend answered no receipt'))
    stored(job, receipt)
    return receipt
  }, failed)
}
