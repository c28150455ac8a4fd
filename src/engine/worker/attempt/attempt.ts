/**
 * One run of a job in this worker, from its claim to its outcome.
 * @module
 */
import type { ClaimedJob, Outcome } from '../../../contract/index.ts'
import type { Lane } from '../slots.ts'
import type { PendingNotes } from './pending-notes.ts'
import type { TaskPlan } from './task-plan.ts'

/** Why an attempt was told to end before its handler did; `none` while it was not. */
export type Ending = 'none' | 'timeout' | 'cancel' | 'shutdown' | 'lease'

/** What frees the slots that attempts of one handler call share. */
export interface SharedSlot {
  /** One of its attempts has its outcome. */
  oneOver(): void
}

/** The state of one attempt. Thousands are made each second, so what few of them need is made on demand. */
export class Attempt {
  readonly claimed: ClaimedJob
  readonly plan: TaskPlan
  readonly lane: Lane
  /** On the monotonic clock. */
  readonly startedAt: number
  /** When it runs out of time, on the monotonic clock; infinite where it has no limit. */
  readonly deadline: number
  /** The batch it is part of; null where it has a slot of its own. */
  readonly shared: SharedSlot | null
  /** Its place among the running ones. */
  place = -1
  /** It has its outcome. Its handler may still run. */
  over = false
  ending: Ending = 'none'
  /** Progress and log lines that are not stored yet. */
  notes: PendingNotes | null = null
  /** Its success was put into the user's own transaction, which may or may not have committed. */
  joined = false
  #controller: AbortController | null = null
  #reason: unknown

  constructor(claimed: ClaimedJob, plan: TaskPlan, lane: Lane, startedAt: number, shared: SharedSlot | null) {
    this.claimed = claimed
    this.plan = plan
    this.lane = lane
    this.startedAt = startedAt
    this.shared = shared
    const timeoutMs = claimed.timeoutMs ?? plan.timeoutMs
    this.deadline = timeoutMs > 0 ? startedAt + timeoutMs : Number.POSITIVE_INFINITY
  }

  /** Made when it is first read: most handlers never do. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController()
      if (this.ending !== 'none') this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /** Tells the handler to end. The first reason stands. */
  abort(ending: Exclude<Ending, 'none'>, reason: unknown): void {
    if (this.ending !== 'none') return
    this.ending = ending
    this.#reason = reason
    this.#controller?.abort(reason)
  }

  /** What the handler was told. */
  get reason(): unknown {
    return this.#reason
  }
}

/** Takes an attempt's outcome: stores it with the next exchange and gives its slot to another. */
export type OnOutcome = (attempt: Attempt, outcome: Outcome) => void
