/**
 * Facet `control`: what runs where, and telling a worker something.
 * @module
 */

/** What a worker says of itself with each heartbeat. */
export interface WorkerInfo {
  readonly id: string
  readonly host: string
  readonly pid: number
  readonly startedAt: number
  readonly queues: readonly string[]
  readonly slots: number
  /** Slots in use. */
  readonly busy: number
  /** Millrace's own version. */
  readonly version: string
  /** Resident memory of the process in bytes. */
  readonly memoryBytes: number
  /** The worker has stopped claiming. */
  readonly quiet: boolean
}

/** A worker as the store knows it. */
export interface WorkerRecord extends WorkerInfo {
  readonly seenAt: number
  /** Its leases end at this time unless it is heard of again. */
  readonly leaseUntil: number
}

/** Something a worker is asked to do. */
export type Command =
  | { readonly kind: 'cancel'; readonly jobId: string }
  | { readonly kind: 'quiet' }
  | { readonly kind: 'stop' }

/** What became of a request to cancel a running job. */
export interface CancelReceipt {
  readonly id: string
  readonly outcome: 'requested' | 'not-active' | 'not-found'
}

/** Ability: commands reach running workers. */
export interface ControlFacet {
  /** Workers with a live lease. */
  workers(): Promise<readonly WorkerRecord[]>
  /** Asks the workers that run these jobs to abort them. */
  requestCancel(ids: readonly string[]): Promise<readonly CancelReceipt[]>
  /** Leaves a command for a worker and wakes it. */
  send(workerId: string, command: Command): Promise<void>
  /** Takes the commands that wait for a worker, each once. */
  receive(workerId: string): Promise<readonly Command[]>
}
