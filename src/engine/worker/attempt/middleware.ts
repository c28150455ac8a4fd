/**
 * Middleware around one attempt.
 * @module
 */
import type { Job, MiddlewareHooks } from '../../../contract/index.ts'

/** Runs what comes after the middleware. */
export type RunNext = (input: unknown) => Promise<unknown>

/** True where some middleware wraps runs, so that an attempt without any need not pay for it. */
export function wrapsRuns(middleware: readonly MiddlewareHooks[]): boolean {
  return middleware.length > 0 && middleware.some((hooks) => hooks.run !== undefined)
}

/** Runs `innermost` inside all hooks; the first one registered is the outermost. */
export function runInside(
  middleware: readonly MiddlewareHooks[],
  job: Job,
  input: unknown,
  innermost: RunNext,
): Promise<unknown> {
  const next = [...middleware].reduceRight<RunNext>((inner, hooks) => {
    if (hooks.run === undefined) return inner
    const run = hooks.run.bind(hooks)
    return async (value) => run(job, value, once(inner))
  }, innermost)
  return next(input)
}

/** A second call of `next` would run the handler twice within one attempt. */
function once(next: RunNext): RunNext {
  let called = false
  return async (input) => {
    if (called) throw new Error('A middleware called next() twice; an attempt runs its handler once.')
    called = true
    return next(input)
  }
}
