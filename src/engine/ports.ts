/**
 * What the engine needs from outside its room; `app/` plugs these in.
 * @module
 */
import type {
  AnyTask,
  Backend,
  Clock,
  Codec,
  EventBus,
  Handler,
  MiddlewareHooks,
  Millrace,
  RetentionRule,
  WorkerInfo,
} from '../contract/index.ts'
import type { TaskRegistry } from './registry.ts'

/** Keeps a worker's lease alive, off the thread that runs handlers wherever the store can be opened twice. */
export interface Heart {
  /** Sends the first heartbeat and resolves once it is stored; then goes on by itself. */
  start(): Promise<void>
  /** Sends one heartbeat now, such as after the lease was found expired. */
  beat(): Promise<void>
  stop(): Promise<void>
}

/** What a heart is made with. */
export interface HeartOptions {
  readonly backend: Backend
  readonly leaseMs: number
  readonly everyMs: number
  /** What the worker says of itself, asked before each beat. */
  readonly describe: () => WorkerInfo
  /** The lease had run out: its jobs may run elsewhere by now. */
  readonly onLeaseLost: () => void
  /** A beat failed; the next one comes in so many ms. */
  readonly onError: (error: Error, retryInMs: number) => void
  /** A beat succeeded after one that failed. */
  readonly onRecovered: () => void
}

/** Makes a heart. */
export type HeartFactory = (options: HeartOptions) => Heart

/** Runs handlers in children. */
export interface Isolation {
  /** A handler that runs the task's own handler in a child, and kills it when the job's signal aborts. */
  handler(task: AnyTask): Handler<unknown, unknown>
  /** Kills all children. */
  close(): Promise<void>
}

/** The part of the client that a handler has at hand. */
export type Producer = Pick<Millrace, 'enqueue' | 'enqueueMany' | 'transaction'>

/** What client and worker share. */
export interface EngineContext {
  readonly backend: Backend
  readonly registry: TaskRegistry
  readonly codecs: readonly Codec[]
  readonly maxPayloadBytes: number
  readonly events: EventBus
  readonly clock: Clock
  /** Live list: `app.use` appends. */
  readonly middleware: readonly MiddlewareHooks[]
  readonly makeHeart: HeartFactory
  readonly isolation: () => Isolation
  /** How handlers enqueue, and join transactions. */
  readonly producer: Producer
  /** How long finished jobs are kept, for the worker's house-keeping. */
  readonly retention: readonly RetentionRule[]
}
