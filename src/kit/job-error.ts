/**
 * Whatever a handler threw, as bounded plain data that can be stored with the job.
 * @module
 */
import type { JobError } from '../contract/index.ts'
import { show } from './show.ts'

/** Sizes are in UTF-16 units. */
const LONGEST_MESSAGE = 8 * 1024
const LONGEST_STACK = 16 * 1024
const LONGEST_NAME = 128
const DEEPEST_CAUSE = 5
const MOST_ERRORS_NAMED = 5
const LONGEST_ERROR_NAMED = 200

/** The name given to what is no error. */
const NON_ERROR = 'NonError'

/** A property, or undefined where reading it throws: an unreadable error has happened all the same. */
function property(holder: object, key: string): unknown {
  try {
    return Reflect.get(holder, key)
  } catch {
    return undefined
  }
}

function text(holder: object, key: string): string | null {
  const value = property(holder, key)
  return typeof value === 'string' ? value : null
}

/** What text columns of common stores refuse: NUL, and half of a surrogate pair (a cut may leave one). */
const UNSTORABLE = /[\0\p{Cs}]/gu

/** Cuts what is too long, and says so. */
function bounded(value: string, longest: number): string {
  if (value.length <= longest) return value.replace(UNSTORABLE, '\uFFFD')
  const note = `… (${value.length} characters in all)`
  return value.slice(0, longest - note.length).replace(UNSTORABLE, '\uFFFD') + note
}

/** ` (3 errors: TypeError: a; Error: b; …)` for an AggregateError and its like. */
function aggregated(error: object): string {
  const errors = property(error, 'errors')
  try {
    if (!Array.isArray(errors) || errors.length === 0) return ''
    const named = errors.slice(0, MOST_ERRORS_NAMED).map((one) => bounded(headline(one), LONGEST_ERROR_NAMED))
    if (errors.length > named.length) named.push('…')
    return ` (${errors.length} ${errors.length === 1 ? 'error' : 'errors'}: ${named.join('; ')})`
  } catch {
    // The list itself may be a trap; the error stands without it.
    return ''
  }
}

function headline(error: unknown): string {
  if (typeof error !== 'object' || error === null) return show(error)
  const message = text(error, 'message')
  return message === null ? show(error) : `${text(error, 'name') ?? 'Error'}: ${message}`
}

function codeOf(error: object): string | null {
  const code = property(error, 'code')
  if (typeof code === 'string') return bounded(code, LONGEST_NAME)
  return typeof code === 'number' ? String(code) : null
}

/** A string reads best as itself; of anything else the message says that it was thrown. */
function nonError(value: unknown): JobError {
  const message = typeof value === 'string' ? value : `${show(value)} was thrown, which is not an Error`
  return { name: NON_ERROR, message: bounded(message, LONGEST_MESSAGE), stack: null, code: null, cause: null }
}

function convert(error: unknown, depth: number, seen: readonly unknown[]): JobError {
  if (typeof error !== 'object' || error === null) return nonError(error)
  const message = text(error, 'message')
  const stack = text(error, 'stack')
  // Judged by its shape: errors of another realm, or of a library of its own, are errors too.
  if (message === null && stack === null) return nonError(error)
  const cause = property(error, 'cause')
  const follow = cause !== undefined && cause !== null && depth < DEEPEST_CAUSE && !seen.includes(cause)
  return {
    name: bounded(text(error, 'name') || 'Error', LONGEST_NAME),
    message: bounded((message ?? '') + aggregated(error), LONGEST_MESSAGE),
    stack: stack === null ? null : bounded(stack, LONGEST_STACK),
    code: codeOf(error),
    cause: follow ? convert(cause, depth + 1, [...seen, cause]) : null,
  }
}

/**
 * The error as data: message up to 8 Ki, stack up to 16 Ki characters, up to 5 causes deep. Never throws,
 * whatever was thrown.
 */
export function toJobError(error: unknown): JobError {
  return convert(error, 0, [error])
}

/** A stored error as an Error again, with the stack of where it happened. */
export function reviveError(stored: JobError): Error {
  const error = new Error(
    stored.message,
    stored.cause === null ? undefined : { cause: reviveError(stored.cause) },
  )
  error.name = stored.name
  error.stack = stored.stack ?? `${stored.name}: ${stored.message}`
  return stored.code === null ? error : Object.assign(error, { code: stored.code })
}
