/**
 * Pauses of a loop that must not give up, such as one that reconnects to its store.
 * @module
 */

/** How the pauses grow. */
export interface BackoffOptions {
  /** Longest first pause, in ms. Default 100. */
  readonly baseMs?: number
  /** Longest pause of all, in ms. Default 30,000. */
  readonly maxMs?: number
  /** Default `Math.random`. */
  readonly random?: () => number
}

/**
 * Ms to wait after so many failures in a row (from 1): doubling up to the limit, with up to half of it taken
 * off at random. Unlike a job's full jitter it is never near 0, so that a loop cannot spin on a dead store.
 */
export function backoffMs(failures: number, options: BackoffOptions = {}): number {
  const { baseMs = 100, maxMs = 30_000, random = Math.random } = options
  const ceiling = Math.min(maxMs, baseMs * 2 ** (Math.max(1, failures) - 1))
  return Math.round(ceiling * (0.5 + random() / 2))
}
