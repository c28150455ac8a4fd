/**
 * What handlers threw, as they threw it: the store keeps a copy as data, and tests want the error itself.
 * @module
 */
import type { JobError, MiddlewareHooks } from '../contract/index.ts'
import { reviveError, toJobError } from '../kit/job-error.ts'
import type { AttemptEntry } from './journal.ts'

/** Remembers the latest throw of each attempt. */
export class ThrownErrors {
  readonly #byAttempt = new Map<string, { readonly error: unknown }>()

  /** The outermost middleware: it sees what becomes of the attempt's error on the way out. */
  readonly hooks: MiddlewareHooks = {
    run: async (job, input, next) => {
      try {
        return await next(input)
      } catch (error) {
        this.#byAttempt.set(key(job.id, job.attempt), { error })
        throw error
      }
    },
  }

  /** The error an attempt ended with; undefined where it did not end with one. */
  of({ job, outcome }: AttemptEntry): unknown {
    if (!('error' in outcome) || outcome.error === null) return undefined
    const thrown = this.#byAttempt.get(key(job.id, job.attempt))
    // A handler that went on after its timeout may have thrown something else since.
    if (thrown !== undefined && isSame(toJobError(thrown.error), outcome.error)) return thrown.error
    return reviveError(outcome.error)
  }

  clear(): void {
    this.#byAttempt.clear()
  }
}

function key(id: string, attempt: number): string {
  return `${attempt}:${id}`
}

function isSame(one: JobError, other: JobError): boolean {
  return one.name === other.name && one.message === other.message
}
