/**
 * Handlers that go on although their attempt has its outcome, because they do not heed `job.signal`.
 * @module
 */
import type { Clock, EventBus, Outcome } from '../../contract/index.ts'
import type { Attempt, OnOutcome } from './attempt/attempt.ts'

/** A handler that ends within this time after its attempt heeded its signal, in ms. */
const HEEDED_WITHIN_MS = 1_000

/** Ends attempts before their handlers, and counts the handlers that are left. */
export class Abandoned {
  readonly #events: EventBus
  readonly #clock: Clock
  readonly #settle: OnOutcome
  readonly #handlers = new Map<Attempt, NodeJS.Timeout>()

  constructor(events: EventBus, clock: Clock, settle: OnOutcome) {
    this.#events = events
    this.#clock = clock
    this.#settle = settle
  }

  /** Handlers that are still running without an attempt. */
  get size(): number {
    return this.#handlers.size
  }

  /** Gives the attempt its outcome and its slot to another, whatever its handler does. */
  end(attempt: Attempt, outcome: Outcome): void {
    if (attempt.over) return
    const timer = setTimeout(() => this.#complain(attempt), HEEDED_WITHIN_MS)
    timer.unref()
    this.#handlers.set(attempt, timer)
    this.#settle(attempt, outcome)
  }

  /** The handler has ended at last. What it answered is too late. */
  readonly ended = (attempt: Attempt): void => {
    clearTimeout(this.#handlers.get(attempt))
    this.#handlers.delete(attempt)
  }

  /** Watches no more. The handlers cannot be helped. */
  close(): void {
    for (const timer of this.#handlers.values()) clearTimeout(timer)
  }

  #complain({ plan, claimed, reason }: Attempt): void {
    const task = plan.task.name
    const error = new Error(
      `Attempt ${claimed.attempt} of job ${claimed.id} has its outcome, and its slot went to another job, but the ` +
        `handler of task '${task}' goes on: it does not heed job.signal. Pass the signal on to what it waits for, ` +
        'or give the task isolate, so that it can be killed.',
      { cause: reason },
    )
    this.#events.emit('internal:error', { at: this.#clock.now(), during: `handler of task '${task}'`, error })
  }
}
