/**
 * What a measured system has to be able to do. One file each in `systems/`.
 * @module
 */

import type { Input } from './input.ts'

/** How SQLite waits for the disk. */
export type Synchronous = 'normal' | 'full'

/** How a system on a file is opened. */
export interface OpenSettings {
  readonly file: string
  readonly synchronous: Synchronous
}

/** How a system on a server is opened. */
export interface ServerSettings {
  /** Of a server, or of a database in it, in which nothing is stored yet. */
  readonly url: string
}

/** A worker that is at work. */
interface Working {
  /** Resolves once `total` jobs ran and their ends are stored. */
  readonly drained: Promise<void>
  stop(): Promise<void>
}

/** What a worker is asked to do. */
export interface WorkOrder {
  /** Jobs at the same time. */
  readonly slots: number
  /** Jobs after which `drained` resolves. */
  readonly total: number
  /** Told of every attempt. Where it throws, the attempt has failed. */
  readonly onRun: (input: Input) => void
}

/** A system with its store open. What can be prepared is prepared before the clock starts. */
export interface OpenSystem {
  /** One function for each batch that stores it and waits for the commit. */
  batches(inputs: readonly Input[], size: number): readonly (() => Promise<void> | void)[]
  /** A function that stores the inputs one by one, so many in flight, and notes each one's latency in ms. */
  singles(inputs: readonly Input[], inFlight: number, latencies: Float64Array): () => Promise<void>
  /** Stores one job. */
  enqueue(input: Input): Promise<void> | void
  /** Off the clock: makes ready what is not to be measured, such as the start of a worker in another language. */
  readonly boot?: (slots: number) => Promise<void>
  /** Starts a worker; resolves once it looks for jobs. */
  work(order: WorkOrder): Promise<Working>
  /** Jobs that are stored as succeeded. */
  succeeded(): Promise<number>
  /** CPU time in ms of processes of its own beside this one, such as a worker in another language. */
  readonly otherCpuMs?: () => number
  close(): Promise<void>
}

/** A system that can be measured. */
export interface System<Settings = OpenSettings> {
  readonly name: string
  /** Store and binding, for the row. */
  readonly store: string
  open(settings: Settings): Promise<OpenSystem>
}
