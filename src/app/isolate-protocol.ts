/**
 * What a worker and its isolated children say to each other. Everything here survives structured cloning.
 * @module
 */
import type { Duration, JobLogLine, JobMeta } from '../contract/index.ts'

/** The facts of a job that its handler can read. */
export interface JobFacts {
  readonly id: string
  readonly task: string
  readonly queue: string
  readonly attempt: number
  readonly maxAttempts: number
  readonly priority: number
  readonly tags: readonly string[]
  readonly meta: JobMeta
  /** Ms since 1970. */
  readonly createdAt: number
  readonly workerId: string
  readonly idempotencyKey: string
}

/** A value that needs no encoding. */
export type Primitive = string | number | boolean | bigint | null | undefined

/** An error in a shape that loses nothing on the way. */
export interface WireError {
  readonly name: string
  readonly message: string
  readonly stack: string | null
  readonly cause: WireThrown | null
  /** Own fields such as `code` or `status`: primitives, and small arrays. */
  readonly fields: Readonly<Record<string, Primitive | readonly unknown[]>>
}

/** Something that was thrown. */
export type WireThrown =
  | { readonly kind: 'error'; readonly error: WireError }
  | { readonly kind: 'retry'; readonly delay: Duration | undefined; readonly error: WireError }
  | { readonly kind: 'discard'; readonly error: WireError }
  | { readonly kind: 'snooze'; readonly delay: Duration }
  /** Not an error at all, such as a thrown string. */
  | { readonly kind: 'value'; readonly value: unknown }

/** How something ended. */
export type WireResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: WireThrown }

/** From the worker to a child. `run` numbers the child's attempts, `call` the attempt's `once` calls. */
export type ToChild =
  | {
      readonly type: 'run'
      readonly run: number
      /** A `file:` URL. */
      readonly module: string
      /** The task's name, of which the job's may be an alias. */
      readonly task: string
      readonly job: JobFacts
      readonly input: unknown
      /** Whether `done` has to say how much memory the child holds. */
      readonly weigh: boolean
    }
  | { readonly type: 'abort'; readonly run: number; readonly reason: WireThrown }
  /** Run the function that was given to `once`. */
  | { readonly type: 'perform'; readonly run: number; readonly call: number }
  /** How the `once` call ended. */
  | { readonly type: 'once'; readonly run: number; readonly call: number; readonly result: WireResult }
  /** Nothing more will come. */
  | { readonly type: 'end' }

/** From a child to its worker. */
export type FromChild =
  /** The handler is about to be called. */
  | { readonly type: 'started'; readonly run: number }
  | {
      readonly type: 'log'
      readonly run: number
      readonly level: JobLogLine['level']
      readonly message: string
      readonly fields: JobMeta | undefined
    }
  | {
      readonly type: 'progress'
      readonly run: number
      readonly percent: number
      readonly note: string | undefined
    }
  | {
      readonly type: 'once'
      readonly run: number
      readonly call: number
      readonly key: string
      readonly onInterrupt: 'throw' | 'rerun' | undefined
    }
  /** How the function given to `once` ended. */
  | { readonly type: 'performed'; readonly run: number; readonly call: number; readonly result: WireResult }
  | {
      readonly type: 'done'
      readonly run: number
      readonly result: WireResult
      /** False where the child could not load the module, so that the next attempt gets a fresh one. */
      readonly reusable: boolean
      /** What the child holds now, in MiB; null where nobody asked. */
      readonly memoryMiB: number | null
    }
  /** Something threw outside the handler; the child ends. */
  | { readonly type: 'crash'; readonly error: WireThrown }

/** What a process child ends itself with above its memory limit; nothing else uses this signal. */
export const MEMORY_SIGNAL = 'SIGALRM'

/**
 * How much a process may grow beyond its heap limit after loading, in MiB: the young generation and what the
 * runtime itself needs, so that a heap within its limit is never the reason for a kill.
 */
export const MEMORY_MARGIN_MIB = 64

const MIB = 1024 * 1024

/** Bytes as MiB, rounded to a tenth. */
export function toMiB(bytes: number): number {
  return Math.round((bytes / MIB) * 10) / 10
}
