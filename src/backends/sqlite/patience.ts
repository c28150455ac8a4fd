/**
 * Waiting for a file that others have locked, without blocking the event loop.
 * @module
 */
import { sleep } from '../../kit/sleep.ts'
import { isBusy, translate } from './errors.ts'
import type { SqliteSettings } from './options.ts'

/**
 * SQLite itself waits this long for a lock, in ms. It blocks the event loop, so the rest is waited outside.
 * Measured with four processes: short waits with pauses between them share the file most fairly.
 */
export const BUSY_BLOCKING_MS = 5
/** Longest pause between two tries for the lock, in ms. */
const BUSY_PAUSE_MS = 2

/** Tries until the file is not locked any more, or the busy timeout has passed. Errors are translated. */
export async function patiently<T>(
  { clock, busyTimeoutMs, file }: Pick<SqliteSettings, 'clock' | 'busyTimeoutMs' | 'file'>,
  attempt: () => T,
): Promise<T> {
  const started = clock.monotonic()
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      if (!isBusy(error) || clock.monotonic() - started >= busyTimeoutMs) throw translate(error, file)
    }
    await sleep(Math.random() * BUSY_PAUSE_MS)
  }
}
