/**
 * What the worker's thread and its heartbeat thread say to each other.
 * @module
 */
import type { WorkerInfo } from '../contract/index.ts'

/** Where in the shared memory the worker keeps what changes. */
export const HEART_CELL = { busy: 0, quiet: 1 } as const

/** How many cells there are. */
export const HEART_CELLS = 2

/** What the thread is started with. */
export interface HeartThreadData {
  /** The store. */
  readonly url: string
  /** Shared memory, so that a beat needs no message. */
  readonly cells: Int32Array
  /** What the worker says of itself; what changes is in the cells. */
  readonly info: WorkerInfo
  readonly leaseMs: number
  readonly everyMs: number
}

/** To the thread. */
export interface ToHeartThread {
  readonly type: 'stop'
}

/** From the thread. */
export type FromHeartThread =
  /** It has sent its first beat. */
  | { readonly type: 'ready' }
  | { readonly type: 'lease-lost' }
  | {
      readonly type: 'failed'
      readonly name: string
      readonly message: string
      readonly code: string | null
      readonly retryInMs: number
    }
  | { readonly type: 'recovered' }
