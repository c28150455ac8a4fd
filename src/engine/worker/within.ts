/**
 * Waiting that has an end.
 * @module
 */
import { sleep } from '../../kit/sleep.ts'

/** True where the promise resolves within so many ms; rejects where it does in that time. */
export async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const stop = new AbortController()
  try {
    return await Promise.race([promise.then(() => true), sleep(ms, stop.signal).then(() => false)])
  } finally {
    stop.abort()
  }
}
