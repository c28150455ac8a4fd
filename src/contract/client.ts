/**
 * The client: what an application does with jobs. `app/` builds it, and everybody else takes it as a port.
 * @module
 */
import type { Backend, BackendInfo } from './backend.ts'
import type { WorkerRecord } from './control.ts'
import type { EventBus } from './events.ts'
import type { AttemptRecord, JobLogLine, JobRecord } from './job.ts'
import type { MiddlewareHooks } from './middleware.ts'
import type { WorkerOptions } from './options.ts'
import type { ChangeReceipt, JobFilter, QueueCount } from './records.ts'
import type { Schedules } from './schedule-control.ts'
import type {
  AnyTask,
  Duration,
  EnqueueArguments,
  EnqueueOptions,
  InputOf,
  OutputOf,
  Receipt,
  TransactionalClient,
} from './task.ts'

/** A stored job with its payloads decoded. */
export interface JobView extends JobRecord {
  /** The decoded input; undefined where it cannot be decoded here. */
  readonly input: unknown
  /** The decoded output; undefined where there is none or it cannot be decoded here. */
  readonly output: unknown
  /** Why a payload could not be decoded; else null. */
  readonly decodeError: string | null
}

/** One job, or many. */
export type Ids = string | readonly string[]

/** Queues, as people handle them. */
export interface QueueControl {
  /** Nothing is claimed from these queues until they are resumed. */
  pause(names: Ids): Promise<void>
  resume(names: Ids): Promise<void>
  paused(): Promise<readonly string[]>
  /** Cancels every job that waits in the queue (reason `drained`); answers how many. */
  drain(name: string): Promise<number>
  counts(): Promise<readonly QueueCount[]>
}

/** A page of jobs. `next` goes into the following call's `after`; null: no more. */
export interface JobViewPage {
  readonly jobs: readonly JobView[]
  readonly next: string | null
}

/** Health of a worker: the truth, for a readiness probe. */
export interface WorkerHealth {
  readonly state: 'idle' | 'running' | 'quiet' | 'stopping' | 'stopped'
  /** False while the store does not answer or the lease has run out. */
  readonly healthy: boolean
  readonly busy: number
  readonly slots: number
  /** Handlers that go on although their attempt has ended, because they do not heed their signal. */
  readonly abandoned: number
  /** Ms since the last successful exchange with the store; null before the first. */
  readonly sinceExchangeMs: number | null
  /** The store's latest trouble; null while it answers. */
  readonly lastError: Error | null
}

/** A worker that can be started and stopped. */
export interface Worker {
  readonly id: string
  /** Resolves once it claims jobs. While the store is down it waits, says so through events, and recovers. */
  start(): Promise<void>
  /** Stops claiming; running attempts go on. */
  quiet(): void
  /** Stops claiming, waits for running attempts for the grace time, aborts them, gives back the rest. */
  stop(options?: { readonly grace?: Duration }): Promise<void>
  /** Resolves once it has stopped, however that came about. */
  readonly stopped: Promise<void>
  health(): WorkerHealth
  /** Resolves when nothing claimable is left and no slot is busy. */
  idle(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** An application's access to its jobs. */
export interface Millrace {
  readonly tasks: readonly AnyTask[]
  readonly events: EventBus
  /**
   * The backend, loaded where it was named by a URL. Connects to nothing: calls do that when they need it.
   * @throws NotRunningError after `close()`; BackendError where the backend's code cannot be loaded.
   */
  ready(): Promise<Backend>
  /** Adds tasks after construction. @throws InvalidOptionError where a name is taken. */
  register(...tasks: readonly AnyTask[]): void
  /** Adds middleware around enqueue and run. */
  use(hooks: MiddlewareHooks): void
  /** Stores one job. Calls made in the same tick travel together. */
  enqueue<T extends AnyTask>(task: T, ...args: EnqueueArguments<T>): Promise<Receipt<OutputOf<T>>>
  /** Stores many jobs of one task in one batch; all of them or, where one is invalid, none. */
  enqueueMany<T extends AnyTask>(
    task: T,
    inputs: readonly InputOf<T>[],
    options?: EnqueueOptions<InputOf<T>> | ((input: InputOf<T>, index: number) => EnqueueOptions<InputOf<T>>),
  ): Promise<readonly Receipt<OutputOf<T>>[]>
  /**
   * Waits for a job's output.
   * @throws JobResultError where it failed, was cancelled, or is not done within `timeout` (default: no limit);
   * JobStateError where there is no such job; the signal's reason where it aborts.
   */
  result<Output>(
    job: Receipt<Output> | string,
    options?: { readonly timeout?: Duration; readonly signal?: AbortSignal },
  ): Promise<Output>
  get(id: string): Promise<JobView | null>
  list(
    filter?: JobFilter,
    page?: { readonly limit?: number; readonly after?: string | null; readonly order?: 'newest' | 'oldest' },
  ): Promise<JobViewPage>
  attempts(id: string): Promise<readonly AttemptRecord[]>
  logs(id: string, limit?: number): Promise<readonly JobLogLine[]>
  /** Cancels waiting jobs at once and asks workers to abort running ones (outcome `requested` in the receipt). */
  cancel(ids: Ids): Promise<readonly ChangeReceipt[]>
  /** Runs finished jobs again with fresh attempts, and waiting ones without waiting longer. */
  retry(ids: Ids): Promise<readonly ChangeReceipt[]>
  reschedule(ids: Ids, when: Date | Duration): Promise<readonly ChangeReceipt[]>
  delete(ids: Ids): Promise<readonly ChangeReceipt[]>
  readonly queues: QueueControl
  readonly schedules: Schedules
  workers(): Promise<readonly WorkerRecord[]>
  /**
   * Enqueues inside the caller's own transaction on this connection. On a synchronous driver the job is in the
   * transaction when `enqueue` returns, unless its schema or a middleware is asynchronous. What is wrong with a
   * call it says by rejecting, too late for a synchronous function to roll back: `transaction` does that.
   * @throws NotRunningError where the backend was named by a URL and is not loaded yet: `await app.ready()` first.
   */
  in(connection: unknown): TransactionalClient
  /** Runs `fn` in one transaction on the caller's connection, and wakes workers after the commit. */
  transaction<T>(connection: unknown, fn: (tx: TransactionalClient) => T | Promise<T>): Promise<T>
  /** A worker for this app's tasks; not started. */
  worker(options?: WorkerOptions): Worker
  /** Brings the store's schema up to date. Workers and producers do so by themselves on SQLite and memory. */
  migrate(): Promise<readonly number[]>
  info(): Promise<BackendInfo>
  /** Stops its workers, sends what waits to be stored, and closes the store. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
