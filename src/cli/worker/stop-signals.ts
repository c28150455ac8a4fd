/**
 * SIGINT and SIGTERM: the first one asks, the second one ends.
 * @module
 */
import { exitCodeOfSignal } from '../exit-codes.ts'

/** A signal that ends a process. */
export type StopSignal = 'SIGINT' | 'SIGTERM'

/**
 * A Ctrl+C often arrives twice within a moment: from the terminal, and passed on by npm or a supervisor.
 * Only a later one is somebody who has lost patience.
 */
const SAME_SIGNAL_MS = 500

/** Calls `ask` on the first signal; a second one exits at once. The answer stops listening. */
export function onStopSignals(ask: (signal: StopSignal) => void): () => void {
  let first: number | null = null
  const listener = (signal: StopSignal): void => {
    const now = performance.now()
    if (first === null) {
      first = now
      ask(signal)
    } else if (now - first > SAME_SIGNAL_MS) process.exit(exitCodeOfSignal(signal))
  }
  process.on('SIGINT', listener)
  process.on('SIGTERM', listener)
  return () => {
    process.off('SIGINT', listener)
    process.off('SIGTERM', listener)
  }
}
