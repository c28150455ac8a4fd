/**
 * A pause that an abort ends early.
 * @module
 */

/** A timer cannot be set further ahead: beyond this it would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1

/**
 * Resolves after so many ms, or as soon as the signal aborts; it never rejects. Whoever cares which of the
 * two it was looks at the signal.
 */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve()
      return
    }
    let timer: NodeJS.Timeout
    let rest = ms
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const wait = (): void => {
      const part = Math.min(rest, LONGEST_TIMER)
      rest -= part
      timer = setTimeout(rest > 0 ? wait : done, part)
    }
    wait()
    signal?.addEventListener('abort', done)
  })
}
