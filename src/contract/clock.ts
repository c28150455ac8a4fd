/**
 * Time as the project sees it: wall time is stored, monotonic time measures.
 * @module
 */

/** A source of time, so that tests can hold it still. */
export interface Clock {
  /** Wall time, ms since 1970. */
  now(): number
  /** Monotonic time in ms; only differences mean something. */
  monotonic(): number
}
