/**
 * How long to wait before a failed job's next attempt.
 * @module
 */
import type { RetryRule } from '../contract/index.ts'

/** Attempts in all where nothing else is said. */
export const DEFAULT_ATTEMPTS = 5

/** The rule where nothing else is said: exponential from 5 s up to 10 min, with full jitter. */
export const DEFAULT_RETRY: RetryRule = Object.freeze({
  backoff: 'exponential',
  delayMs: 5000,
  maxDelayMs: 600_000,
  jitter: true,
})

/** The delay before jitter and before the limit. May be infinite: the limit is applied afterwards. */
function growth(rule: RetryRule, attempt: number): number {
  switch (rule.backoff) {
    case 'fixed':
      return rule.delayMs
    case 'linear':
      return rule.delayMs * attempt
    case 'exponential':
      return rule.delayMs * 2 ** (attempt - 1)
  }
}

/**
 * Ms to wait after attempt number `attempt` (from 1) failed: whole, not negative, at most `maxDelayMs`.
 *
 * Full jitter is `random_between(0, min(cap, base * 2 ** attempt))`, from "Exponential Backoff And Jitter" on
 * the AWS Architecture Blog, where it makes clients compete least. Its count starts at 0, so that the first
 * retry waits for at most `delayMs`.
 *
 * @param random a number from 0 up to but without 1. Default `Math.random`.
 */
export function nextDelay(rule: RetryRule, attempt: number, random: () => number = Math.random): number {
  // 0 * 2 ** 2000 is NaN, not 0.
  if (rule.delayMs <= 0) return 0
  const delay = Math.min(rule.maxDelayMs, growth(rule, Math.max(1, attempt)))
  return Math.max(0, Math.round(rule.jitter ? random() * delay : delay))
}
