/**
 * Tells listeners how attempts began and ended. An end is told once the store has it, never before.
 * @module
 */
import type { AttemptEventBase, Clock, EventBus, EventName, Outcome } from '../../contract/index.ts'
import type { Attempt } from './attempt/attempt.ts'
import type { Ended } from './settle-batch.ts'

const EVENT_OF: Readonly<Record<Outcome['kind'], EventName>> = {
  succeed: 'job:succeeded',
  retry: 'job:retrying',
  fail: 'job:failed',
  cancel: 'job:cancelled',
  snooze: 'job:snoozed',
  release: 'job:released',
}

const ENDS = Object.values(EVENT_OF)

/** Emits the events of a worker's attempts. Nothing is built for which nobody listens. */
export class Announcer {
  readonly #events: EventBus
  readonly #clock: Clock
  readonly #workerId: string
  readonly #trustMs: number

  /** @param trustMs for so long after a call nobody can have taken a job of this worker. */
  constructor(events: EventBus, clock: Clock, workerId: string, trustMs: number) {
    this.#events = events
    this.#clock = clock
    this.#workerId = workerId
    this.#trustMs = trustMs
  }

  /** True where somebody wants to know how long this attempt ran. */
  wants(outcome: Outcome): boolean {
    return this.#events.has(EVENT_OF[outcome.kind])
  }

  started(attempt: Attempt): void {
    if (!this.#events.has('job:started')) return
    const { claimed, plan } = attempt
    const at = this.#clock.now()
    const waitMs = Math.max(0, at - claimed.dueAt)
    this.#events.emit('job:started', { ...this.#base(claimed, plan.task.name, at), waitMs })
  }

  /** After an exchange: what was stored, and what came too late. */
  settled(sent: readonly Ended[], leaseLost: readonly string[]): void {
    if (sent.length === 0) return
    const lost = leaseLost.length === 0 ? null : new Set(leaseLost)
    if (lost === null && !ENDS.some((name) => this.#events.has(name))) return
    const at = this.#clock.now()
    for (const ended of sent) {
      if (lost?.has(ended.job.id)) this.#late(ended, at)
      else this.#stored(ended, ended.outcome, at)
    }
  }

  #late(ended: Ended, at: number): void {
    const { attempt, job } = ended
    // The user's own transaction has settled it already, which is what was hoped for.
    if (attempt?.joined) return this.#stored(ended, { kind: 'succeed', result: null }, at)
    if (ended.unansweredAt >= 0) {
      // It was stored the first time, unless somebody had time to take the job in between: then nobody knows.
      const inTime = this.#clock.monotonic() - ended.unansweredAt < this.#trustMs
      return inTime ? this.#stored(ended, ended.outcome, at) : undefined
    }
    // What was not begun here is no loss.
    if (attempt === null || !this.#events.has('job:lease-lost')) return
    this.#events.emit('job:lease-lost', this.#base(job, attempt.plan.task.name, at))
  }

  #stored(ended: Ended, outcome: Outcome, at: number): void {
    const events = this.#events
    if (!events.has(EVENT_OF[outcome.kind])) return
    const { job, attempt, runMs } = ended
    const base = this.#base(job, attempt?.plan.task.name ?? job.task, at)
    switch (outcome.kind) {
      case 'succeed':
        return events.emit('job:succeeded', { ...base, runMs })
      case 'retry':
        return events.emit('job:retrying', { ...base, runMs, delayMs: outcome.delayMs, error: outcome.error })
      case 'fail':
        return events.emit('job:failed', { ...base, runMs, reason: outcome.reason, error: outcome.error })
      case 'cancel':
        return events.emit('job:cancelled', { ...base, runMs, reason: outcome.reason })
      case 'snooze':
        return events.emit('job:snoozed', { ...base, runMs, delayMs: outcome.delayMs })
      case 'release':
        // What was claimed ahead and never begun goes back without a word.
        if (attempt !== null) events.emit('job:released', base)
    }
  }

  #base(job: Ended['job'], task: string, at: number): AttemptEventBase {
    return { at, id: job.id, task, queue: job.queue, attempt: job.attempt, workerId: this.#workerId }
  }
}
