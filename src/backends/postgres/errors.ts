/**
 * Postgres' errors, translated: what happened where, and what to do.
 * @module
 */
import { BackendError, InvalidOptionError, MillraceError, type StoreErrorCode } from '../../contract/index.ts'

interface Known {
  readonly code: StoreErrorCode
  readonly what: string
  readonly advice: string
  /** False where the same call would fail again until somebody acts. */
  readonly retriable?: false
}

/** By SQLSTATE, or its first two characters. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const STATES: Readonly<Record<string, Known>> = {
  '08': {
    code: 'store-unavailable',
    what: 'lost the connection',
    advice: 'Check the server and the network',
  },
  '57': { code: 'store-unavailable', what: 'is shutting down or starting', advice: 'Try again in a moment' },
  '57014': {
    code: 'store-busy',
    what: 'cancelled the statement',
    advice: 'Raise statement_timeout for this role, or look at what slows the server',
  },
  '28': {
    code: 'store-unavailable',
    what: 'does not let this user in',
    advice: 'Check user and password in the URL, and pg_hba.conf',
    retriable: false,
  },
  '3D000': {
    code: 'store-unavailable',
    what: 'has no such database',
    advice: 'Create it, or correct the URL',
    retriable: false,
  },
  '53300': {
    code: 'store-busy',
    what: 'has no connection to spare',
    advice: 'Lower `connections`, raise max_connections, or put PgBouncer in front',
  },
  '53100': {
    code: 'store-full',
    what: 'cannot grow: the disk is full',
    advice: 'Free space; nothing was stored in part',
  },
  '53200': { code: 'store-busy', what: 'is out of memory', advice: 'Try again, or give the server more' },
  '55P03': { code: 'store-busy', what: 'did not get a lock in time', advice: 'Look for long transactions' },
  '40001': { code: 'store-busy', what: 'gave way to concurrent changes', advice: 'Try again' },
  '40P01': { code: 'store-busy', what: 'resolved a deadlock', advice: 'Try again' },
  '25006': {
    code: 'store-read-only',
    what: 'is read-only',
    advice: 'Connect to the primary server (for several hosts: target_session_attrs=read-write)',
  },
  '42501': {
    code: 'store-read-only',
    what: 'refuses this user the right',
    advice: 'Grant the rights that docs/guides/postgres.md lists',
  },
  '42P01': { code: 'store-not-migrated', what: 'lacks a table', advice: 'Run `millrace migrate`' },
  '42883': { code: 'store-not-migrated', what: 'lacks a function', advice: 'Run `millrace migrate`' },
  '3F000': { code: 'store-not-migrated', what: 'lacks the schema', advice: 'Run `millrace migrate`' },
  XX: {
    code: 'store-corrupt',
    what: 'reports damage or a fault of its own',
    advice: 'Read the server’s log',
  },
}

const UNREACHABLE: Known = {
  code: 'store-unavailable',
  what: 'cannot be reached',
  advice: 'Check that the server runs and that host and port in the URL are right',
}

const SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'EADDRNOTAVAIL',
])

/** The driver has no codes for these. */
const LOST =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|timeout expired|not queryable|Client was closed/

/** True where the connection itself is no good any more. */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlState(error)
  return state === null || state.startsWith('08') || (state.startsWith('57') && state !== '57014')
}

/** True where the same statement may succeed at once: nothing of it was stored. */
export function isConflict(error: unknown): boolean {
  const state = sqlState(error)
  return state === '40001' || state === '40P01'
}

/** What a pooler in transaction mode leads to that knows no prepared statements, and a change of the schema. */
const NOT_PREPARED: ReadonlySet<string | null> = new Set(['26000', '42P05', '0A000'])

/** True where the statement would have run if it had not been a prepared one. Nothing of it was stored. */
export function isUnprepared(error: unknown): boolean {
  return NOT_PREPARED.has(sqlState(error))
}

/** A typed error for what the server or the driver reported; errors that are typed already stay as they are. */
export function translate(error: unknown, location: string): Error {
  if (error instanceof MillraceError) return error
  const cause = error instanceof Error ? error : new Error(String(error))
  const state = sqlState(error)
  if (state === '22021')
    return new InvalidOptionError('jobs', 'Postgres stores no NUL character in names and payloads.', {
      cause,
    })
  const known = knownError(cause, state)
  if (known === undefined) return cause
  const { code, what, advice, retriable } = known
  const details = retriable === undefined ? { cause } : { cause, retriable }
  return new BackendError(code, `Postgres at ${location} ${what}: ${cause.message}. ${advice}.`, details)
}

function knownError(error: Error, state: string | null): Known | undefined {
  if (state !== null) return STATES[state] ?? STATES[state.slice(0, 2)]
  const { code } = error as Error & { code?: unknown }
  const many = error instanceof AggregateError ? error.errors : []
  const unreachable = [code, ...many.map((each: { code?: unknown }) => each?.code)].some(
    (each) => typeof each === 'string' && SOCKET.has(each),
  )
  return unreachable || LOST.test(error.message) ? UNREACHABLE : undefined
}

/** The server's code, which is five characters long; null for errors of the driver and of the network. */
function sqlState(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  const { code, severity } = error as Error & { code?: unknown; severity?: unknown }
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && severity !== undefined ? code : null
}
