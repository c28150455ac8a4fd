/**
 * A clock that runs faster than time, the same one in every process.
 * @module
 */
import type { Clock } from '../../src/contract/index.ts'

/** Starts at `startMs` when the system's clock says so, and runs `speed` times as fast from then on. */
export function fastClock(startMs: number, speed: number): Clock {
  return {
    now: () => Math.floor(startMs + (Date.now() - startMs) * speed),
    monotonic: () => performance.now(),
  }
}
