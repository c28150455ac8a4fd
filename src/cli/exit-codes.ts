/**
 * What the command's exit code means; scripts may rely on it.
 * @module
 */
import type { ErrorCode } from '../contract/index.ts'

/** Exit codes of every command. */
export const EXIT = {
  /** Done. A worker that was asked to stop and gave back what it could not finish ends with this, too. */
  ok: 0,
  /** It was tried and did not work out: the store cannot be used, a check failed, an awaited job failed. */
  failure: 1,
  /** The command line or an input is wrong. Nothing was done. */
  usage: 2,
  /** There is no such job or task, or its state, or a missing confirmation, does not allow the change. */
  refused: 3,
  /** Cut short by Ctrl+C (SIGINT). */
  interrupted: 130,
  /** Cut short by SIGTERM. */
  terminated: 143,
} as const

/** Codes of errors that are the caller's, not the store's. Every other code is a {@link EXIT.failure}. */
const EXIT_OF_CODE: Readonly<Partial<Record<ErrorCode, number>>> = {
  'invalid-option': EXIT.usage,
  'invalid-payload': EXIT.usage,
  'payload-too-large': EXIT.usage,
  'unknown-task': EXIT.refused,
  'job-not-found': EXIT.refused,
  'job-refused': EXIT.refused,
  'schedule-not-found': EXIT.refused,
  'schedule-refused': EXIT.refused,
}

/** The exit code for an error with this `code`. */
export function exitCodeOf(code: ErrorCode): number {
  return EXIT_OF_CODE[code] ?? EXIT.failure
}

/** The exit code of a command that a signal cut short. */
export function exitCodeOfSignal(signal: 'SIGINT' | 'SIGTERM'): number {
  return signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated
}
