/**
 * What a handler throws to say how its attempt ends, other than by failing.
 * @module
 */
import type { Duration } from '../contract/index.ts'
import { parseDuration } from '../kit/durations.ts'

/** Fails the attempt and chooses when the next one comes. Where no attempt is left, the job fails. */
export class Retry extends Error {
  /** Wait before the next attempt. Undefined: as the retry rule says. */
  readonly delay: Duration | undefined

  /**
   * @throws InvalidOptionError where `delay` is no duration.
   * @example
   * throw new Retry({ delay: response.headers['retry-after'] * 1000 })
   */
  constructor(options: { readonly delay?: Duration; readonly cause?: unknown } = {}) {
    super('The handler asked for another attempt.', causeOf(options))
    this.name = 'Retry'
    if (options.delay !== undefined) parseDuration(options.delay, 'delay')
    this.delay = options.delay
  }
}

/** Fails the job at once, whatever attempts are left: trying again is pointless. */
export class Discard extends Error {
  /** @param reason is kept with the job. */
  constructor(
    reason = 'The handler said that trying again is pointless.',
    options: { readonly cause?: unknown } = {},
  ) {
    super(reason, causeOf(options))
    this.name = 'Discard'
  }
}

/** Ends the attempt and runs the job again later. The attempt does not count. `job.snooze()` throws it. */
export class Snooze extends Error {
  /** Wait this long. */
  readonly delay: Duration

  /** @throws InvalidOptionError where `delay` is no duration. */
  constructor(options: { readonly delay: Duration }) {
    super('The handler asked to run later.')
    this.name = 'Snooze'
    parseDuration(options.delay, 'delay')
    this.delay = options.delay
  }
}

function causeOf(options: { readonly cause?: unknown }): { cause: unknown } | undefined {
  return options.cause === undefined ? undefined : { cause: options.cause }
}
