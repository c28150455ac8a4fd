/**
 * Values to JSON text and back, strictly: what JSON would lose without a word is refused.
 * @module
 */
import type { PayloadIssue } from '../contract/index.ts'
import { InvalidPayloadError } from '../contract/index.ts'
import { copyForJson } from './json-copy.ts'

/** Beyond this depth the careful way takes over, which knows cycles. */
const SHALLOW = 32

/** A date with a `toJSON` of its own may answer anything. */
const dateToJson = Date.prototype.toJSON

/**
 * True where `JSON.stringify` is known to keep all of the value. False means only that somebody has to look
 * closely: this runs for every job, so it builds no paths and remembers nothing. A cycle ends at the limit.
 */
function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || depth > SHALLOW) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Array.prototype) return Array.isArray(value) && isPlainArray(value, depth)
  if (prototype === Date.prototype) return isPlainDate(value as Date)
  if (prototype !== Object.prototype && prototype !== null) return false
  if ((value as { toJSON?: unknown }).toJSON !== undefined) return false
  // for-in also meets enumerable properties of a prototype somebody extended; that is then looked at closely.
  for (const key in value) {
    const inner: unknown = (value as Record<string, unknown>)[key]
    if (inner !== undefined && !isPlain(inner, depth + 1)) return false
  }
  return true
}

function isPlainArray(values: readonly unknown[], depth: number): boolean {
  for (let index = 0; index < values.length; index++) {
    if (!isPlain(values[index], depth + 1)) return false
  }
  return true
}

function isPlainDate(date: Date): boolean {
  return date.toJSON === dateToJson && Number.isFinite(date.getTime())
}

function isSurelyPlain(value: unknown): boolean {
  try {
    return isPlain(value, 0)
  } catch {
    // A getter or a proxy threw. The careful way meets it again and reports it with its path.
    return false
  }
}

function refuse(what: string, issues: readonly PayloadIssue[]): never {
  const [first] = issues
  const subject = first === undefined || first.path === '' ? 'it' : `'${first.path}'`
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  const sentence = `${what} cannot be stored as JSON: ${subject} ${first?.message ?? 'is not JSON'}${more}.`
  throw new InvalidPayloadError(sentence.charAt(0).toUpperCase() + sentence.slice(1), issues)
}

/**
 * The value as JSON text; `undefined` as empty text. `toJSON` is honoured, dates become ISO text, and
 * properties that are undefined or have a symbol as key are dropped, as JSON does.
 *
 * @param what the value's name in errors: `the input of task 'x'`.
 * @throws InvalidPayloadError for what JSON would lose or change: BigInt, functions, symbols, NaN, Infinity,
 * undefined in arrays, invalid dates, Map, Set, RegExp, Error, Promise, binary data, other objects of which
 * nothing would be left, cycles. Each issue has the path of its culprit, such as `user.tags[2]`.
 */
export function encodeJson(value: unknown, what: string): string {
  if (value === undefined) return ''
  if (isSurelyPlain(value)) return JSON.stringify(value)
  const { copy, issues } = copyForJson(value)
  if (issues.length > 0) refuse(what, issues)
  return JSON.stringify(copy)
}

/**
 * The value of a JSON text; of empty text `undefined`.
 * @throws InvalidPayloadError where it is not JSON.
 */
export function decodeJson(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new InvalidPayloadError(`The stored text is not JSON: ${reason}`, [{ path: '', message: reason }], {
      cause,
    })
  }
}
