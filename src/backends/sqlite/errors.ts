/**
 * SQLite's errors, translated: what happened to which file, and what to do.
 * @module
 */
import { BackendError, MillraceError, type StoreErrorCode } from '../../contract/index.ts'

/** Primary result codes, https://www.sqlite.org/rescode.html */
const BUSY = 5
const CODES: Readonly<Record<number, { code: StoreErrorCode; what: string; advice: string }>> = {
  5: {
    code: 'store-busy',
    what: 'is locked by others for too long',
    advice: 'Look for a program that holds a long transaction on it, or raise `busyTimeout`',
  },
  6: {
    code: 'store-busy',
    what: 'is locked within this process',
    advice: 'Finish the open transaction first',
  },
  8: {
    code: 'store-read-only',
    what: 'cannot be written to',
    advice:
      'Give this user write permission on the file and on its folder (SQLite adds -wal and -shm files beside it)',
  },
  10: {
    code: 'store-unavailable',
    what: 'could not be read or written',
    advice: 'Check the disk and the system log',
  },
  11: {
    code: 'store-corrupt',
    what: 'is damaged',
    advice: 'Stop all workers, keep a copy, and restore a backup or try `sqlite3 FILE .recover`',
  },
  13: {
    code: 'store-full',
    what: 'cannot grow: the disk is full',
    advice: 'Free space; nothing was stored in part',
  },
  14: {
    code: 'store-unavailable',
    what: 'cannot be opened',
    advice: 'Check that the folder exists and that this user may read and write in it',
  },
  26: {
    code: 'store-corrupt',
    what: 'is not a SQLite database',
    advice: 'Check the path, or choose another file',
  },
}

const NAMES: Readonly<Record<string, number>> = {
  SQLITE_BUSY: 5,
  SQLITE_LOCKED: 6,
  SQLITE_READONLY: 8,
  SQLITE_IOERR: 10,
  SQLITE_CORRUPT: 11,
  SQLITE_FULL: 13,
  SQLITE_CANTOPEN: 14,
  SQLITE_NOTADB: 26,
}

/** True where somebody else holds the lock. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === BUSY
}

/** A typed error for what SQLite reported; errors that are typed already stay as they are. */
export function translate(error: unknown, file: string): Error {
  if (error instanceof MillraceError) return error
  const known = CODES[primaryCode(error)]
  if (known === undefined) return error instanceof Error ? error : new Error(String(error))
  const cause = error instanceof Error ? error : undefined
  return new BackendError(known.code, `The SQLite file ${file} ${known.what}. ${known.advice}.`, { cause })
}

/** The bindings name errors differently: a name with details behind it, or an extended number. */
function primaryCode(error: unknown): number {
  if (!(error instanceof Error)) return 0
  const { code, errcode, rawCode } = error as Error & { code?: unknown; errcode?: unknown; rawCode?: unknown }
  if (typeof errcode === 'number') return errcode & 0xff
  if (typeof code === 'string' && code.startsWith('SQLITE_')) {
    return NAMES[code.split('_').slice(0, 2).join('_')] ?? 0
  }
  if (typeof rawCode === 'number') return rawCode & 0xff
  return error.message.includes('unable to open database') || error.message.includes('does not exist')
    ? 14
    : 0
}
