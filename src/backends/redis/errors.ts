/**
 * Redis's errors, translated: what happened where, and what to do.
 * @module
 */
import { BackendError, type ErrorDetails, MillraceError, type StoreErrorCode } from '../../contract/index.ts'

interface Known {
  readonly code: StoreErrorCode
  readonly says: string
  readonly retriable: boolean
}

const known = (code: StoreErrorCode, says: string, retriable: boolean): Known => ({ code, says, retriable })

/** By the word with which the server's answer begins. */
const KNOWN: Readonly<Record<string, Known>> = {
  OOM: known(
    'store-full',
    'has used up its maxmemory. Nothing was stored. Let workers and retention free some, or raise maxmemory.',
    true,
  ),
  READONLY: known(
    'store-read-only',
    'is a read-only replica. Connect to the primary, through Sentinel for one that may change.',
    true,
  ),
  MISCONF: known(
    'store-full',
    'refuses to write because it could not save to disk. Free space on its disk, or see its log.',
    true,
  ),
  NOREPLICAS: known('store-unavailable', 'has fewer replicas than min-replicas-to-write demands.', true),
  LOADING: known('store-unavailable', 'is still loading its data.', true),
  BUSY: known('store-unavailable', 'is busy with a script of somebody’s.', true),
  MASTERDOWN: known('store-unavailable', 'is a replica that has lost its primary.', true),
  CLUSTERDOWN: known('store-unavailable', 'is a cluster that is down.', true),
  TRYAGAIN: known('store-unavailable', 'is a cluster that is moving its slots.', true),
  MILLRACE: known(
    'store-unavailable',
    'got a call twice, or after its successor. It was not carried out.',
    true,
  ),
  NOAUTH: known('store-unavailable', 'demands a password. Put it into the URL.', false),
  WRONGPASS: known('store-unavailable', 'does not know this user and password.', false),
  NOPERM: known(
    'store-unavailable',
    'does not allow this user a command. Docs: guides/redis.md lists what is needed.',
    false,
  ),
}

/** The word may stand behind the name of a script, too. */
const WORD = new RegExp(`(?:^|[\\s:-])(${Object.keys(KNOWN).join('|')})\\b`)

/** True where the server does not know a script (any more): it is sent anew then. */
export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT')
}

/** True where the client library refused to send, so that nothing has happened. */
export function wasNotSent(error: unknown): boolean {
  const reason = error instanceof BackendError ? error.cause : error
  return reason instanceof Error && reason.message.startsWith("Stream isn't writeable")
}

/** True where the server itself answered, so that it is known that nothing was changed. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError'
}

/** The server could not be reached, or did not answer in time: nobody knows whether the call was carried out. */
export function unavailable(location: string, why: string, cause?: unknown): BackendError {
  const details: ErrorDetails = cause === undefined ? {} : { cause }
  return new BackendError('store-unavailable', `The Redis server at ${location} ${why}`, details)
}

/** A typed error for what the server or the client library reported; errors that are typed already stay as they are. */
export function translate(error: unknown, location: string): Error {
  if (error instanceof MillraceError) return error
  if (!(error instanceof Error)) return new Error(String(error))
  const word = WORD.exec(error.message)?.[1]
  const found = word === undefined ? undefined : KNOWN[word]
  if (found !== undefined) {
    const { code, says, retriable } = found
    return new BackendError(code, `The Redis server at ${location} ${says}`, { retriable, cause: error })
  }
  if (isAnswer(error)) return error
  return unavailable(location, `cannot be reached: ${error.message}.`, error)
}
