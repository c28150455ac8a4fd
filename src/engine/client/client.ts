/**
 * Puts the client's pieces together: everything an application does with jobs but running them.
 * @module
 */
import type { AnyTask, EnqueueOptions, Millrace, Receipt } from '../../contract/index.ts'
import type { ClientContext } from './context.ts'
import { enqueueMany, type ManyOptions } from './enqueue-many.ts'
import { Jobs } from './jobs.ts'
import { Producer } from './producer.ts'
import { Queues } from './queues.ts'
import { type ResultOptions, Results } from './results.ts'
import { Transactions } from './transactions.ts'

/** The part of `Millrace` that the engine's client is. */
export type Client = Pick<
  Millrace,
  | 'enqueue'
  | 'enqueueMany'
  | 'result'
  | 'get'
  | 'list'
  | 'attempts'
  | 'logs'
  | 'cancel'
  | 'retry'
  | 'reschedule'
  | 'delete'
  | 'queues'
  | 'workers'
  | 'in'
  | 'transaction'
>

/** A client, and how it is ended. */
export interface ClientParts {
  readonly client: Client
  /** Refuses further jobs, sends what waits to be stored, and sends those away who wait for results. */
  close(): Promise<void>
}

/** Makes the client. Connects to nothing. */
export function createClient(context: ClientContext): ClientParts {
  const producer = new Producer(context)
  const results = new Results(context)
  const jobs = new Jobs(context)
  const transactions = new Transactions(context)
  // Behind the contract's signatures with their inferred types every task is alike.
  const enqueue = (task: AnyTask, input?: unknown, options?: EnqueueOptions<never>): Promise<Receipt> =>
    producer.enqueue(task, input, options)
  const many = (
    task: AnyTask,
    inputs: readonly unknown[],
    options?: ManyOptions,
  ): Promise<readonly Receipt[]> => enqueueMany(context, task, inputs, options)
  const result = (job: Receipt | string, options?: ResultOptions): Promise<unknown> =>
    results.wait(job, options)
  const client: Client = {
    enqueue: enqueue as Client['enqueue'],
    enqueueMany: many as Client['enqueueMany'],
    result: result as Client['result'],
    get: (id) => jobs.get(id),
    list: (filter, page) => jobs.list(filter, page),
    attempts: (id) => jobs.attempts(id),
    logs: (id, limit) => jobs.logs(id, limit),
    cancel: (ids) => jobs.cancel(ids),
    retry: (ids) => jobs.retry(ids),
    reschedule: (ids, when) => jobs.reschedule(ids, when),
    delete: (ids) => jobs.delete(ids),
    queues: new Queues(context),
    workers: () => jobs.workers(),
    in: (connection) => transactions.in(connection),
    transaction: (connection, fn) => transactions.run(connection, fn),
  }
  const close = async (): Promise<void> => {
    await producer.close()
    await results.close()
  }
  return { client, close }
}
