/**
 * The seam between the engine and a store: few calls, batch-first, abilities as facets.
 *
 * A facet is a property that is present or undefined, and its presence *is* the ability. Nobody asks a
 * backend for its name to decide anything.
 * @module
 */
import type { CheckpointsFacet } from './checkpoints.ts'
import type { ControlFacet, WorkerInfo } from './control.ts'
import type { ClaimedJob, ClaimRef, EnqueueReceipt, NewJob } from './job.ts'
import type { LimitsFacet } from './limits.ts'
import type { MetricsFacet } from './metrics.ts'
import type { RecordsFacet } from './records.ts'
import type { SchedulesFacet } from './schedules.ts'
import type { Settlement } from './settle.ts'
import type { JobState } from './states.ts'
import type { TransactionFacet } from './transaction.ts'
import type { UniqueFacet } from './unique.ts'

/** From which queues to claim, and how much. */
export interface ClaimRequest {
  /**
   * Queues in the order in which they are emptied, each with the most jobs it may give. Within a queue jobs
   * come by priority (high first), then due time, then the order in which they were stored.
   */
  readonly queues: readonly { readonly name: string; readonly limit: number }[]
  /** The most jobs in all. */
  readonly limit: number
}

/** One round trip of a worker: what it finished, and what it has room for. */
export interface ExchangeRequest {
  readonly workerId: string
  readonly settle: readonly Settlement[]
  /** Careful jobs (`ClaimedJob.begun` is false) that start once this is answered. */
  readonly begin: readonly ClaimRef[]
  /** Null: only settle and begin. */
  readonly claim: ClaimRequest | null
  /**
   * After an exchange whose answer was lost: every attempt that the worker knows to hold, those of `settle` and
   * `begin` included. Any other active job of this worker is pending again at its old place, and that attempt does
   * not count: the worker has never heard of it. Null otherwise.
   */
  readonly holding: readonly ClaimRef[] | null
}

/** The answer to an exchange. */
export interface ExchangeReply {
  readonly claimed: readonly ClaimedJob[]
  /** Ids of settlements and beginnings that came too late: another attempt owns the job, and nothing was changed. */
  readonly leaseLost: readonly string[]
  /**
   * Ms until the next waiting job of the asked queues becomes due, where the backend knows and nothing more
   * could be claimed; else null.
   */
  readonly nextDueInMs: number | null
  /** True where the worker has no live lease: nothing was claimed, it has to send a heartbeat first. */
  readonly leaseExpired: boolean
}

/** A job taken back from a dead worker. */
export interface RescuedJob {
  readonly id: string
  readonly task: string
  readonly queue: string
  /** The attempt that was lost. */
  readonly attempt: number
  readonly worker: string
  /** False where the attempt had not begun, so that it does not count. */
  readonly begun: boolean
  /** `pending` again, or `failed` where its attempts are used up or it was quarantined. */
  readonly state: JobState
}

/** What woke a subscriber. A wake is a hint: it may come for nothing, and one may stand for many. */
export type WakeTopic = 'jobs' | 'settled' | 'control' | 'schedules'

/** What a subscriber wants to be woken for. */
export interface Interest {
  /** `jobs`: something may be claimable in one of these queues. */
  readonly queues?: readonly string[]
  /** `control`: a command waits for this worker. */
  readonly workerId?: string
  /** `settled`: some job may have finished. */
  readonly settled?: boolean
  /** `schedules`: a schedule may have been written or removed. */
  readonly schedules?: boolean
}

/** Stops a subscription; harmless when called twice. */
export type Unsubscribe = () => void | Promise<void>

/** What a store says of itself. */
export interface BackendInfo {
  /** `sqlite`, `memory`, …: for messages and logs only. */
  readonly name: string
  /** Where the data is, without passwords. */
  readonly location: string
  /** Version of the store's own software, where it has one. */
  readonly storeVersion: string | null
  /** Schema version found, and the one this release wants; null where there is no schema. */
  readonly schema: { readonly found: number; readonly wanted: number } | null
  /** The store's clock, ms since 1970. */
  readonly now: number
  /** Bytes the store takes, where it knows. */
  readonly sizeBytes: number | null
  /** Further facts worth showing, such as `synchronous: full`. */
  readonly facts: Readonly<Record<string, string>>
}

/** What every backend can do. Calls reject with a `BackendError` where the store cannot be reached or used. */
export interface Broker {
  /**
   * Stores jobs in one atomic step and resolves once they are as durable as configured. A store whose steps must be
   * short may take what is more than 1,000 jobs, or 1 MiB, in several, one after the other. Receipts are in the
   * order of `jobs`. Idempotent by id: a job that is there already is answered `deduplicated` and left alone.
   */
  enqueue(jobs: readonly NewJob[]): Promise<readonly EnqueueReceipt[]>
  /**
   * Settles finished attempts, begins careful ones, gives back what the worker does not know of, and claims new
   * jobs: in this order, in one atomic step. The hot path.
   */
  exchange(request: ExchangeRequest): Promise<ExchangeReply>
  /** Wakes the subscriber when something of interest may have happened, in this process or another. */
  subscribe(interest: Interest, wake: (topic: WakeTopic) => void): Promise<Unsubscribe>
  /**
   * Registers the worker and extends all its leases to `leaseMs` from now.
   * Answers `false` where the worker's lease had run out meanwhile, so that its jobs may have been rescued.
   */
  heartbeat(worker: WorkerInfo, leaseMs: number): Promise<boolean>
  /** Takes a worker off the register at the end of its life; jobs it still holds become rescuable at once. */
  retire(workerId: string): Promise<void>
  /**
   * Gives back the jobs of workers whose lease ran out: the attempt counts and is recorded as `lost`. An attempt
   * that had not begun (`ClaimedJob.begun`) neither counts nor is recorded.
   * A job that lost `quarantineAfter` workers, or used up its attempts, becomes `failed` instead.
   * A backend whose clock can jump sees a lease expired in two calls before it acts.
   */
  rescue(options: { readonly quarantineAfter: number }): Promise<readonly RescuedJob[]>
  /** Brings the schema to the wanted version under a lock; answers the versions applied. */
  migrate(): Promise<readonly number[]>
  /** Looks and changes nothing: neither makes a store that is not there yet nor brings its schema up to date. */
  info(): Promise<BackendInfo>
  close(): Promise<void>
}

/** A store: the broker, and the facets it has. */
export interface Backend extends Broker {
  /** For messages and logs only. */
  readonly name: string
  /** How another thread or process opens the same store; null where none can. */
  readonly url: string | null
  readonly records?: RecordsFacet
  readonly unique?: UniqueFacet
  readonly checkpoints?: CheckpointsFacet
  readonly control?: ControlFacet
  readonly limits?: LimitsFacet
  readonly metrics?: MetricsFacet
  readonly schedules?: SchedulesFacet
  readonly transaction?: TransactionFacet
}

/** The names of the facets. */
export type FacetName =
  | 'records'
  | 'unique'
  | 'checkpoints'
  | 'control'
  | 'limits'
  | 'metrics'
  | 'schedules'
  | 'transaction'
