/**
 * Every error Millrace raises, in one catalogue. A message says what happened, to which job, queue or
 * option, and what to do; `code` is stable and made for programs.
 * @module
 */

/** What each `code` means. The reference page of errors is made from this table. */
export const ERROR_CODES = {
  'invalid-option': 'An option has a wrong type or value, or does not exist.',
  'invalid-payload': 'An input or output is not JSON, or does not fit the task’s schema.',
  'payload-too-large': 'An encoded input or output is larger than the limit.',
  'invalid-config': 'The configuration file cannot be found, loaded or used.',
  'unknown-task': 'No task of this name is registered here.',
  'job-not-found': 'There is no job with this id in the store.',
  'job-refused': 'The job’s state does not allow the change.',
  'schedule-not-found': 'There is no schedule of this name in the store.',
  'schedule-refused': 'The schedule is declared in code or in a file, and is changed there.',
  'job-failed': 'The awaited job failed.',
  'job-cancelled': 'The awaited job was cancelled.',
  'wait-timeout': 'The awaited job did not finish in time. It goes on.',
  'job-timeout': 'An attempt ran longer than its timeout.',
  'lease-lost': 'Another attempt owns the job by now; this one’s outcome was not stored.',
  'once-interrupted': 'A `once` block was begun by an earlier attempt that did not live to finish it.',
  'child-crashed': 'The isolated child that ran the attempt died.',
  'unsupported-facet': 'The backend lacks an ability that was asked for.',
  'not-running': 'The app or worker is closed, or was not started.',
  'store-unavailable': 'The store cannot be reached. The call may be repeated with the same id.',
  'store-busy': 'The store was locked by others for too long. The call may be repeated with the same id.',
  'store-read-only': 'The store cannot be written to.',
  'store-full': 'The disk or the store’s quota is full.',
  'store-corrupt': 'The store’s file is damaged or is none of ours.',
  'store-too-new': 'The store was written by a newer version of Millrace.',
  'store-not-migrated': 'The store’s schema is older than this version wants.',
  'driver-missing': 'The client library for this store is not installed.',
  'package-missing': 'An optional package, such as pino or prom-client, is not installed.',
} as const

/** One of the keys of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES

/** Facts about an error, for programs. */
export interface ErrorDetails {
  /** The option or field at fault, as a path such as `retry.attempts`. */
  readonly field?: string
  readonly jobId?: string
  readonly task?: string
  readonly queue?: string
  /** True where the same call may simply be made again. */
  readonly retriable?: boolean
  readonly cause?: unknown
}

/** Base class of every error Millrace raises. */
export class MillraceError extends Error {
  readonly code: ErrorCode
  readonly field: string | undefined
  readonly jobId: string | undefined
  readonly task: string | undefined
  readonly queue: string | undefined
  readonly retriable: boolean

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = new.target.name
    this.code = code
    this.field = details.field
    this.jobId = details.jobId
    this.task = details.task
    this.queue = details.queue
    this.retriable = details.retriable ?? false
  }
}

/** An option, flag or argument is wrong; nothing was done. */
export class InvalidOptionError extends MillraceError {
  constructor(field: string, message: string, details: ErrorDetails = {}) {
    super('invalid-option', message, { ...details, field })
  }
}

/** One thing that is wrong with a payload. */
export interface PayloadIssue {
  /** Where, as a path such as `user.email`; empty for the payload itself. */
  readonly path: string
  readonly message: string
}

/** A payload is not JSON or does not fit the schema. */
export class InvalidPayloadError extends MillraceError {
  readonly issues: readonly PayloadIssue[]
  constructor(message: string, issues: readonly PayloadIssue[], details: ErrorDetails = {}) {
    super('invalid-payload', message, { field: issues[0]?.path ?? '', ...details })
    this.issues = issues
  }
}

/** A payload is larger than the limit. */
export class PayloadTooLargeError extends MillraceError {
  readonly bytes: number
  readonly limit: number
  constructor(message: string, sizes: { bytes: number; limit: number }, details: ErrorDetails = {}) {
    super('payload-too-large', message, details)
    this.bytes = sizes.bytes
    this.limit = sizes.limit
  }
}

/** The configuration cannot be found, loaded or used. */
export class ConfigError extends MillraceError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('invalid-config', message, details)
  }
}

/** No task of this name is registered. */
export class UnknownTaskError extends MillraceError {
  constructor(task: string, message: string) {
    super('unknown-task', message, { task })
  }
}

/** The job does not exist, or its state does not allow the change. */
export class JobStateError extends MillraceError {
  constructor(code: 'job-not-found' | 'job-refused', message: string, details: ErrorDetails) {
    super(code, message, details)
  }
}

/** The schedule does not exist, or is not to be changed this way. */
export class ScheduleError extends MillraceError {
  constructor(code: 'schedule-not-found' | 'schedule-refused', message: string, details: ErrorDetails = {}) {
    super(code, message, details)
  }
}

/** An awaited job ended without a result, or not in time. `cause` is the job's own error where it has one. */
export class JobResultError extends MillraceError {
  constructor(code: 'job-failed' | 'job-cancelled' | 'wait-timeout', message: string, details: ErrorDetails) {
    super(code, message, details)
  }
}

/** An attempt ran longer than its timeout. */
export class JobTimeoutError extends MillraceError {
  constructor(message: string, details: ErrorDetails) {
    super('job-timeout', message, details)
  }
}

/** The attempt no longer owns its job. */
export class LeaseLostError extends MillraceError {
  constructor(message: string, details: ErrorDetails) {
    super('lease-lost', message, details)
  }
}

/** A `once` block was begun by an attempt that did not live to finish it, so nobody knows whether it happened. */
export class OnceInterruptedError extends MillraceError {
  constructor(message: string, details: ErrorDetails) {
    super('once-interrupted', message, details)
  }
}

/** The child that ran an isolated attempt died. */
export class ChildCrashedError extends MillraceError {
  constructor(message: string, details: ErrorDetails) {
    super('child-crashed', message, details)
  }
}

/** The backend lacks an ability. */
export class UnsupportedFacetError extends MillraceError {
  constructor(message: string) {
    super('unsupported-facet', message)
  }
}

/** The app or worker is closed. */
export class NotRunningError extends MillraceError {
  constructor(message: string) {
    super('not-running', message)
  }
}

/** Codes of a store's own troubles. */
export type StoreErrorCode = Extract<ErrorCode, `store-${string}` | 'driver-missing'>

/** The store could not do what it was asked. `retriable` says whether the same call may be made again. */
export class BackendError extends MillraceError {
  constructor(code: StoreErrorCode, message: string, details: ErrorDetails = {}) {
    super(code, message, { retriable: code === 'store-unavailable' || code === 'store-busy', ...details })
  }
}
