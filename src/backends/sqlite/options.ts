/**
 * Options of the SQLite backend.
 * @module
 */
import { resolve } from 'node:path'
import { type Clock, type Duration, InvalidOptionError } from '../../contract/index.ts'
import { checkKeys } from '../../kit/check.ts'
import { systemClock } from '../../kit/clock.ts'
import { parseDuration } from '../../kit/durations.ts'
import { BINDINGS, type BindingName } from './binding.ts'

/** What `sqlite()` takes. */
export interface SqliteOptions {
  /** Path of the database file; it is created where it is missing. Its folder must exist. */
  readonly file: string
  /**
   * How safe a stored job is. `full` (default): an enqueue returns when the disk has it, so that not even a
   * power cut loses it. `normal`: it survives a crash of the process, but the latest moments may be lost when
   * the machine loses power. Claims and settles always use `normal`: what a power cut takes from them is run again.
   */
  readonly synchronous?: 'full' | 'normal'
  /** How long a call waits for a file that others have locked. Default 10 s. */
  readonly busyTimeout?: Duration
  /**
   * Look for other processes' changes at least this often; most are noticed at once. Default 500 ms, and 100 ms
   * where the system offers no file watcher.
   */
  readonly pollInterval?: Duration
  /** Which SQLite binding to use. Default: the first of `better-sqlite3`, `node:sqlite`, `libsql` that loads. */
  readonly binding?: BindingName
  /** For tests. Default: the system's clock. */
  readonly clock?: Clock
}

/** The options, checked and complete. */
export interface SqliteSettings {
  readonly file: string
  readonly synchronous: 'full' | 'normal'
  readonly busyTimeoutMs: number
  /** Null: as fits the system. */
  readonly pollIntervalMs: number | null
  readonly binding: BindingName | undefined
  readonly clock: Clock
}

const KEYS = ['file', 'synchronous', 'busyTimeout', 'pollInterval', 'binding', 'clock'] as const

/** Checks the options. @throws InvalidOptionError */
export function resolveOptions(given: string | SqliteOptions): SqliteSettings {
  const options: SqliteOptions = typeof given === 'string' ? { file: given } : given
  checkKeys(options, KEYS, 'the SQLite backend')
  if (typeof options.file !== 'string' || options.file === '') {
    throw new InvalidOptionError(
      'file',
      'The SQLite backend needs the path of its database file, such as "millrace.db".',
    )
  }
  if (options.file.includes(':memory:')) {
    throw new InvalidOptionError(
      'file',
      'SQLite’s ":memory:" database belongs to one connection, so workers could not share it. Use the memory backend ("memory:") or a file.',
    )
  }
  const synchronous = options.synchronous ?? 'full'
  if (synchronous !== 'full' && synchronous !== 'normal') {
    throw new InvalidOptionError(
      'synchronous',
      `"synchronous" is "full" or "normal", not ${JSON.stringify(synchronous)}.`,
    )
  }
  if (options.binding !== undefined && !BINDINGS.includes(options.binding)) {
    throw new InvalidOptionError(
      'binding',
      `"binding" is one of ${BINDINGS.join(', ')}, not ${JSON.stringify(options.binding)}.`,
    )
  }
  return {
    file: resolve(options.file),
    synchronous,
    busyTimeoutMs: parseDuration(options.busyTimeout ?? '10s', 'busyTimeout'),
    pollIntervalMs:
      options.pollInterval === undefined
        ? null
        : Math.max(1, parseDuration(options.pollInterval, 'pollInterval')),
    binding: options.binding,
    clock: options.clock ?? systemClock,
  }
}
