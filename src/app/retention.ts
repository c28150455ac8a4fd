/**
 * How long finished jobs are kept, as rules for the store.
 * @module
 */
import type { RetentionLimit, RetentionOptions, RetentionRule } from '../contract/index.ts'
import { InvalidOptionError } from '../contract/index.ts'
import { checkInteger, checkKeys } from '../kit/check.ts'
import { parseDuration } from '../kit/durations.ts'
import { show } from '../kit/show.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const MOST_KEPT = 100_000

const DEFAULTS: Readonly<Record<RetentionRule['state'], RetentionRule>> = {
  succeeded: { state: 'succeeded', maxAgeMs: 7 * DAY_MS, maxCount: MOST_KEPT },
  failed: { state: 'failed', maxAgeMs: 90 * DAY_MS, maxCount: MOST_KEPT },
  cancelled: { state: 'cancelled', maxAgeMs: 7 * DAY_MS, maxCount: MOST_KEPT },
}

/**
 * Reads the options; states that are kept for ever have no rule.
 * @throws InvalidOptionError
 */
export function readRetention(options: RetentionOptions): readonly RetentionRule[] {
  checkKeys(options, Object.keys(DEFAULTS), 'retention')
  return Object.values(DEFAULTS)
    .map((rule) => readLimit(rule, options[rule.state]))
    .filter(({ maxAgeMs, maxCount }) => maxAgeMs !== null || maxCount !== null)
}

function readLimit(rule: RetentionRule, limit: RetentionLimit | undefined): RetentionRule {
  if (limit === undefined) return rule
  if (limit === 'forever') return { state: rule.state, maxAgeMs: null, maxCount: null }
  const field = `retention.${rule.state}`
  if (typeof limit !== 'object' || limit === null) {
    throw new InvalidOptionError(
      field,
      `${field} must be 'forever' or an object with age and count, got ${show(limit)}.`,
    )
  }
  checkKeys(limit, ['age', 'count'], field)
  const { age, count } = limit
  const maxAgeMs =
    age === undefined ? rule.maxAgeMs : age === null ? null : parseDuration(age, `${field}.age`)
  const maxCount =
    count === undefined
      ? rule.maxCount
      : count === null
        ? null
        : checkInteger(count, `${field}.count`, 0, Number.MAX_SAFE_INTEGER)
  return { state: rule.state, maxAgeMs, maxCount }
}
