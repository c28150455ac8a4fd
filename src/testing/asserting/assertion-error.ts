/**
 * The error of a failed assertion.
 * @module
 */

/** Test runners know it by its name, and show it as a failure of the test and not of the code. */
export class AssertionError extends Error {
  readonly code = 'ERR_ASSERTION'
  /** What Jest shows above the message. */
  readonly operator = 'fail'

  /** @param from the assertion: the stack starts where the test called it. */
  constructor(message: string, from: (...args: never[]) => unknown) {
    super(message)
    this.name = 'AssertionError'
    Error.captureStackTrace(this, from)
  }
}
