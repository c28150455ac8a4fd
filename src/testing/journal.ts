/**
 * What happened in a test's store, in order: kept apart from the store, where later events overwrite it.
 * @module
 */
import type { ClaimedJob, EnqueueReceipt, NewJob, Outcome, Settlement } from '../contract/index.ts'

/** A job as it was handed to the store. */
export interface StoredEntry {
  readonly job: NewJob
  /** When, on the test's clock. */
  readonly enqueuedAt: number
  readonly dueAt: number
}

/** An attempt that has ended. */
export interface AttemptEntry {
  readonly job: ClaimedJob
  readonly outcome: Outcome
}

/** The record of one test. */
export class Journal {
  readonly #stored = new Map<string, StoredEntry>()
  readonly #active = new Map<string, ClaimedJob>()
  readonly #waiting = new Map<string, (() => void)[]>()
  #attempts: AttemptEntry[] = []
  #room = Number.POSITIVE_INFINITY

  /** Jobs in the order in which they were stored. */
  get stored(): readonly StoredEntry[] {
    return [...this.#stored.values()]
  }

  /** Attempts in the order in which they ended. */
  get attempts(): readonly AttemptEntry[] {
    return this.#attempts
  }

  /** Jobs that are running. */
  get active(): readonly ClaimedJob[] {
    return [...this.#active.values()]
  }

  /** How many attempts may still start. */
  get room(): number {
    return this.#room
  }

  /** Lets so many more attempts start. */
  allow(attempts: number): void {
    this.#room = attempts
  }

  /** Jobs went into the store. What was deduplicated left no trace there, and leaves none here. */
  enqueued(jobs: readonly NewJob[], receipts: readonly EnqueueReceipt[], now: number): void {
    for (const [index, { id, outcome }] of receipts.entries()) {
      const job = jobs[index]
      if (job === undefined || outcome === 'deduplicated') continue
      const before = this.#stored.get(id)
      const due = job.dueAt ?? now + job.delayMs
      this.#stored.set(id, {
        job: { ...job, id },
        enqueuedAt: before?.enqueuedAt ?? now,
        dueAt: outcome === 'replaced' ? (before?.dueAt ?? due) : due,
      })
    }
  }

  claimed(jobs: readonly ClaimedJob[]): void {
    this.#room -= jobs.length
    for (const job of jobs) this.#active.set(job.id, job)
  }

  settled(settlements: readonly Settlement[], leaseLost: readonly string[]): void {
    for (const { job, outcome } of settlements) {
      const claimed = this.#active.get(job.id)
      if (claimed === undefined || claimed.token !== job.token) continue
      this.#active.delete(job.id)
      // Given back unfinished: nothing came of it, and it may start once more.
      if (outcome.kind === 'release') this.#room += 1
      else if (!leaseLost.includes(job.id)) this.#attempts.push({ job: claimed, outcome })
      for (const resolve of this.#waiting.get(job.id) ?? []) resolve()
      this.#waiting.delete(job.id)
    }
  }

  /** Resolves once the job is not running (any more). */
  async ended(id: string): Promise<void> {
    if (!this.#active.has(id)) return
    await new Promise<void>((resolve) => {
      this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), resolve])
    })
  }

  /** The latest attempt of a job that has ended, from the given place in `attempts` on. */
  lastAttempt(id: string, from = 0): AttemptEntry | null {
    return this.#attempts.slice(from).findLast(({ job }) => job.id === id) ?? null
  }

  /** Forgets everything. */
  clear(): void {
    this.#stored.clear()
    this.#active.clear()
    this.#attempts = []
    this.#room = Number.POSITIVE_INFINITY
  }
}
