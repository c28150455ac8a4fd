/**
 * Checks of options and names, with errors that say the field, what was got and what would do.
 * @module
 */
import { InvalidOptionError } from '../contract/index.ts'
import { show } from './show.ts'
import { suggest } from './suggest.ts'

/** Longest name of a task, queue or job id, in UTF-16 units. */
const LONGEST_NAME = 128

/** Control characters break terminals and logs; a lone surrogate does not survive UTF-8. */
const FORBIDDEN_IN_NAMES = /[\p{Cc}\p{Cs}]/u

/**
 * Refuses options that do not exist, so that a misspelled one is not silently without effect.
 *
 * @param what whose options they are, as in the sentence "Unknown option 'x' of …".
 * @throws InvalidOptionError naming the option, the nearest known one and all known ones.
 */
export function checkKeys(value: object, allowed: readonly string[], what: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidOptionError(what, `The options of ${what} must be an object, got ${show(value)}.`)
  }
  for (const key of Object.keys(value)) {
    if (allowed.includes(key)) continue
    const near = suggest(key, allowed)
    const hint = near === null ? '' : ` Did you mean '${near}'?`
    const known = allowed.length === 0 ? 'There are none.' : `Known options: ${allowed.join(', ')}.`
    throw new InvalidOptionError(key, `Unknown option ${show(key)} of ${what}.${hint} ${known}`)
  }
}

/**
 * The value, which must be a whole number from `min` to `max`, both included.
 * @throws InvalidOptionError
 */
export function checkInteger(value: unknown, field: string, min: number, max: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value
  const range = max >= Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
  throw new InvalidOptionError(field, `${field} must be a whole number ${range}, got ${show(value)}.`)
}

/**
 * The value, which must be text of 1 to 128 characters without control characters or half surrogate pairs.
 * @throws InvalidOptionError
 */
export function checkName(value: unknown, field: string): string {
  if (typeof value !== 'string') {
    throw new InvalidOptionError(
      field,
      `${field} must be text of 1 to ${LONGEST_NAME} characters, got ${show(value)}.`,
    )
  }
  if (value.length === 0 || value.length > LONGEST_NAME) {
    const got = value.length === 0 ? 'empty text' : `${value.length} characters`
    throw new InvalidOptionError(field, `${field} must have 1 to ${LONGEST_NAME} characters, got ${got}.`)
  }
  if (FORBIDDEN_IN_NAMES.test(value)) {
    throw new InvalidOptionError(
      field,
      `${field} must not contain control characters or half surrogate pairs, got ${show(value)}.`,
    )
  }
  return value
}
