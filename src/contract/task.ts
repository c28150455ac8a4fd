/**
 * Tasks: what can be run, with its types and its policy; and the job a handler holds in its hand.
 * @module
 */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { EnqueueOutcome, JobMeta } from './job.ts'
import type { JobState } from './states.ts'
import type { UniqueConflict } from './unique.ts'

/** A duration: ms as a number, text such as `'10m'`, `'1.5 hours'`, `'2h 30m'`, or ISO 8601 such as `'PT10M'`. */
export type Duration = number | string

/** Decides the delay before the next attempt. */
export type BackoffFunction = (failed: { readonly attempt: number; readonly error: unknown }) => Duration

/** When and how often to try again. */
export interface RetryOptions {
  /** Attempts in all, the first included. Default 5. 1 means no retry. */
  readonly attempts?: number
  /** Default `exponential`. */
  readonly backoff?: 'fixed' | 'linear' | 'exponential' | BackoffFunction
  /** Base delay. Default 5 s. */
  readonly delay?: Duration
  /** Longest delay. Default 10 min. */
  readonly maxDelay?: Duration
  /** Full jitter. Default true for `exponential`, else false. */
  readonly jitter?: boolean
}

/**
 * What makes a job the same as another, of the same task.
 *
 * - `unique: true`: no second job with this input while one is unfinished.
 * - Throttle, `{ by: ['userId'], for: '1h' }`: at most one an hour for each user, whatever becomes of it.
 * - Debounce, `{ by: ['userId'], onConflict: 'reschedule' }` with `delay: '5s'`: one job, 5 s after the last call,
 *   with the last call's input.
 * - Latest input wins, `{ by: ['userId'], onConflict: 'replace' }`: a job that waits takes the new input and keeps
 *   its turn.
 *
 * A change that comes while the job runs becomes a new job in these last two, and is not lost.
 */
export interface UniqueOptions<Input = unknown> {
  /** What is compared: an explicit key, names of input fields, or a function. Default: the whole input. */
  readonly by?: string | readonly (keyof Input & string)[] | ((input: Input) => string)
  /** For this long after the job was enqueued. */
  readonly for?: Duration
  /**
   * While the job is in one of these states. Default, where `for` is not given: with `skip` every state that is not
   * terminal, with `replace` and `reschedule` those in which it waits (`scheduled`, `pending`, `retrying`, `blocked`).
   */
  readonly while?: readonly JobState[]
  /** Default `skip`. */
  readonly onConflict?: UniqueConflict
}

/**
 * Options that a task, a call, or the whole app may set; the nearer one wins. `retry` is merged field by field
 * and `meta` key by key; everything else is taken whole.
 */
export interface JobOptions<Input = unknown> {
  /** Default `default`. */
  readonly queue?: string
  /** -100 to 100, higher first. Default 0. */
  readonly priority?: number
  readonly retry?: RetryOptions | number | false
  /** Longest run of one attempt. Default: none. */
  readonly timeout?: Duration
  /** Never start later than this after it was enqueued. Default: none. */
  readonly expires?: Duration
  readonly unique?: UniqueOptions<Input> | boolean
  /** Up to 20 of up to 100 characters each. */
  readonly tags?: readonly string[]
  readonly meta?: JobMeta
}

/** Options of one `enqueue`. */
export interface EnqueueOptions<Input = unknown> extends Omit<JobOptions<Input>, 'expires'> {
  /** The job's id, where the producer wants to choose it: the same id is stored once. Default a UUIDv7. */
  readonly id?: string
  /** Wait this long first. */
  readonly delay?: Duration
  /** Wait until this time. Not together with `delay`. */
  readonly at?: Date | number | string
  /** Never start later than this after now, or than this time. */
  readonly expires?: Duration | Date
}

/** Log lines that are kept with the job. */
export interface JobLog {
  debug(message: string, fields?: JobMeta): void
  info(message: string, fields?: JobMeta): void
  warn(message: string, fields?: JobMeta): void
  error(message: string, fields?: JobMeta): void
}

/** The running job, as its handler sees it. */
export interface Job<Output = unknown> {
  readonly id: string
  readonly task: string
  readonly queue: string
  /** This attempt's number, from 1. */
  readonly attempt: number
  readonly maxAttempts: number
  readonly priority: number
  readonly tags: readonly string[]
  readonly meta: JobMeta
  readonly createdAt: Date
  readonly workerId: string
  /** The same for every attempt of this job: hand it to an API that takes idempotency keys. */
  readonly idempotencyKey: string
  /** Aborts at timeout, cancellation, loss of the lease and the end of the grace time at shutdown. */
  readonly signal: AbortSignal
  readonly log: JobLog
  /** Says how far the work is: 0 to 100, and a word on it. Stored within a second or so. */
  progress(percent: number, note?: string): void
  /**
   * Runs a side effect at most once per job, over all its attempts, and answers its stored value afterwards.
   * Where `fn` throws, it counts as not having happened. Where an attempt died inside `fn`, nobody knows:
   * the block is not run again and an `OnceInterruptedError` is thrown, unless `onInterrupt` is `rerun`.
   * @throws UnsupportedFacetError where the backend cannot remember it.
   */
  once<T>(
    key: string,
    fn: () => T | Promise<T>,
    options?: { readonly onInterrupt?: 'throw' | 'rerun' },
  ): Promise<T>
  /** Ends the attempt and runs the job again after the delay; the attempt does not count. */
  snooze(delay: Duration): never
  /**
   * The job inside the caller's own database transaction: its success commits together with the handler's
   * writes. The handler's return value is then ignored.
   */
  in(connection: unknown): { succeed(output: Output): Promise<void> }
  /** Stores another job, as `app.enqueue` does, so that a handler need not import the app that imports it. */
  enqueue<T extends AnyTask>(task: T, ...args: EnqueueArguments<T>): Promise<Receipt<OutputOf<T>>>
  /** Stores many jobs of one task, as `app.enqueueMany` does. */
  enqueueMany<T extends AnyTask>(
    task: T,
    inputs: readonly InputOf<T>[],
    options?: EnqueueOptions<InputOf<T>> | ((input: InputOf<T>, index: number) => EnqueueOptions<InputOf<T>>),
  ): Promise<readonly Receipt<OutputOf<T>>[]>
  /**
   * Runs `work` in a transaction of the caller's own connection, and commits what it wrote together with the job's
   * success: what `work` answers becomes the job's output. Where it throws, nothing of it is kept, and the attempt fails.
   * Transactions on one connection take turns.
   * @throws UnsupportedFacetError where the backend lives in no database.
   * @example
   * run: (input, job) => job.transaction(db, () => {
   *   db.prepare('INSERT INTO payment (id) VALUES (?)').run(input.id)
   *   return { paid: true }
   * })
   */
  transaction<R extends Output>(
    connection: unknown,
    work: (tx: TransactionalClient) => R | Promise<R>,
  ): Promise<R>
}

/** A handler: gets the validated input, answers the output. */
export type Handler<Input, Output> = (input: Input, job: Job<Output>) => Output | Promise<Output>

/** One job of a batch. */
export interface BatchItem<Input, Output> {
  readonly input: Input
  readonly job: Job<Output>
}

/** The outcome of one job of a batch: its output, or an error (a `Retry` or `Discard` among them). */
export type BatchResult<Output> =
  | { readonly ok: true; readonly output: Output }
  | { readonly ok: false; readonly error: unknown }

/** A handler of many jobs at once; answers one result per item, in order. Where it throws, all of them failed. */
export type BatchHandler<Input, Output> = (
  items: readonly BatchItem<Input, Output>[],
) => readonly BatchResult<Output>[] | Promise<readonly BatchResult<Output>[]>

/** Where a handler runs. */
export type Isolation = 'none' | 'thread' | 'process'

/** How to isolate a handler from the worker. */
export interface IsolateOptions {
  readonly in: 'thread' | 'process'
  /** Kill the attempt above this heap, in MiB. Default: no limit of ours. */
  readonly memoryMiB?: number
  /** Replace the child after so many jobs. Default: never. */
  readonly recycleAfterJobs?: number
  /** Replace the child when it holds more than this after a job, in MiB. Default: never. */
  readonly recycleAboveMiB?: number
}

/** Everything a task's definition may say. */
export interface TaskOptions<Input, Output> extends JobOptions<Input> {
  /** Any Standard Schema (zod, valibot, arktype, …). Checked at enqueue and again before the handler runs. */
  readonly input?: StandardSchemaV1<unknown, Input>
  /** Checked before the output is stored. */
  readonly output?: StandardSchemaV1<unknown, Output>
  /** Version of the input's shape. Default 1. */
  readonly version?: number
  /** Brings an older payload to the current shape, before it is validated. */
  readonly migrate?: (payload: unknown, fromVersion: number) => unknown
  /** Former names of this task: jobs stored under them still run. */
  readonly aliases?: readonly string[]
  /** False: give up at once. Asked after each failed attempt. */
  readonly retryIf?: (error: unknown, failed: { readonly attempt: number }) => boolean
  readonly isolate?: 'thread' | 'process' | IsolateOptions
  /** Most jobs for one call of `runMany`. Default 100. */
  readonly batchSize?: number
  /** How long `runMany` waits for company once it has a job. Default 10 ms. */
  readonly batchWait?: Duration
  readonly run?: Handler<Input, Output>
  readonly runMany?: BatchHandler<Input, Output>
}

/**
 * A task: a name with its types and policy, and, where it has one, its handler.
 *
 * `RawInput` and `RawOutput` are what a caller and a handler give; `Input` and `Output` what a schema makes of it.
 */
export interface Task<
  Name extends string = string,
  RawInput = unknown,
  Input = unknown,
  Output = unknown,
  RawOutput = Output,
> {
  readonly name: Name
  readonly options: TaskOptions<Input, Output>
  /** True where a handler is attached. */
  readonly runnable: boolean
  /** The same task with this handler, for a declaration whose handler lives elsewhere. */
  handle(run: Handler<Input, RawOutput>): Task<Name, RawInput, Input, Output, RawOutput>
  /** The same task with this batch handler. */
  handleMany(runMany: BatchHandler<Input, RawOutput>): Task<Name, RawInput, Input, Output, RawOutput>
  /** Only for the compiler: the input as a caller gives it, and the output. */
  readonly '~types'?: { readonly rawInput: RawInput; readonly output: Output }
}

/** Any task, whatever its types. */
// biome-ignore lint/suspicious/noExplicitAny: a list of differently typed tasks has no other common type
export type AnyTask = Task<string, any, any, any, any>

/** The input a caller of this task gives. */
export type InputOf<T extends AnyTask> = NonNullable<T['~types']>['rawInput']

/** The output this task answers. */
export type OutputOf<T extends AnyTask> = NonNullable<T['~types']>['output']

/** What `enqueue` takes after the task: the input may be left out where `undefined` is one. */
export type EnqueueArguments<T extends AnyTask> =
  undefined extends InputOf<T>
    ? [input?: InputOf<T>, options?: EnqueueOptions<InputOf<T>>]
    : [input: InputOf<T>, options?: EnqueueOptions<InputOf<T>>]

/** The answer to `enqueue`. */
export interface Receipt<Output = unknown> {
  /** The job that now stands for the call: with `deduplicated`, an existing one. */
  readonly id: string
  readonly outcome: EnqueueOutcome
  readonly task: string
  /** Only for the compiler. */
  readonly '~output'?: Output
}

/** Enqueues inside the caller's own transaction. */
export interface TransactionalClient {
  enqueue<T extends AnyTask>(task: T, ...args: EnqueueArguments<T>): Promise<Receipt<OutputOf<T>>>
}
