/**
 * What a measured system has to be able to do. One file each in `systems/`.
 * @module
 */

import type { Input } from './input.ts'

/** How SQLite waits for the disk. */
export type Synchronous = 'normal' | 'full'

/** How a system is opened. */
export interface OpenSettings {
  readonly file: string
  readonly synchronous: Synchronous
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
  /** Starts a worker; resolves once it looks for jobs. */
  work(order: WorkOrder): Promise<Working>
  /** Jobs that are stored as succeeded. */
  succeeded(): Promise<number>
  close(): Promise<void>
}

/** A system that can be measured. */
export interface System {
  readonly name: SystemName
  /** Store and binding, for the row. */
  readonly store: string
  open(settings: OpenSettings): Promise<OpenSystem>
}

/** The names of the systems. */
export const SYSTEMS = ['millrace', 'raw', 'plainjob'] as const

/** One of {@link SYSTEMS}. */
export type SystemName = (typeof SYSTEMS)[number]

/** Loads only the asked system, so that no other one's code shares its process. */
export async function loadSystem(name: SystemName): Promise<System> {
  switch (name) {
    case 'millrace':
      return (await import('./systems/millrace-sqlite.ts')).millraceSqlite
    case 'raw':
      return (await import('./systems/raw-sqlite.ts')).rawSqlite
    case 'plainjob':
      return (await import('./systems/plainjob.ts')).plainjob
  }
}
