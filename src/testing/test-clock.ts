/**
 * The clock of a test app: it stands still until the test moves it.
 * @module
 */
import type { Duration } from '../contract/index.ts'
import { ManualClock } from '../kit/clock.ts'
import { parseDuration } from '../kit/durations.ts'
import { readTime } from '../kit/moment.ts'

/** A point in time: a Date, ms since 1970, or ISO 8601 text with a zone. */
export type Moment = Date | number | string

/** Moving it runs nothing: `drain()` and `advance()` of the app do. */
export class TestClock extends ManualClock {
  readonly #startMs: number

  /**
   * @param start Default: the system's time at this moment, so that dates the code under test makes with
   * `new Date()` are near it.
   * @throws InvalidOptionError where `start` is no point in time.
   */
  constructor(start: Moment = Date.now()) {
    const startMs = readTime(start, 'start')
    super(startMs)
    this.#startMs = startMs
  }

  /** The clock's time as a Date. */
  date(): Date {
    return new Date(this.now())
  }

  /**
   * Real time. What is measured within an attempt (its timeout, how long it runs) goes on by itself, and no leap
   * of the test's clock looks to a worker as if it had slept for three days.
   */
  override monotonic(): number {
    return performance.now()
  }

  /** Lets time pass. @throws InvalidOptionError where `by` is no duration. */
  override advance(by: Duration): void {
    super.advance(parseDuration(by, 'advance'))
  }

  /** Goes to a time, later or earlier. @throws InvalidOptionError where `to` is no point in time. */
  override set(to: Moment): void {
    super.set(readTime(to, 'set'))
  }

  /** Back to the time it started with. */
  reset(): void {
    super.set(this.#startMs)
  }
}
