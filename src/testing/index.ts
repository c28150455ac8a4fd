/**
 * `millrace/testing`: a test kit over the real engine and the memory backend, for any test runner.
 * @module
 */
export { AssertionError } from './asserting/assertion-error.ts'
export type { EnqueuedJob } from './asserting/enqueued-job.ts'
export type { ExpectOptions, RefuteOptions } from './asserting/expectation.ts'
export type { AsJson, AsymmetricMatcher, Matcher } from './asserting/matcher.ts'
export { DrainError } from './running/drain-errors.ts'
export type { AdvanceOptions, DrainOptions } from './running/drain-options.ts'
export type { DrainedAttempt, DrainedOutcome, DrainSummary } from './running/drain-summary.ts'
export { RunError } from './running/run.ts'
export type { RunArguments, RunOptions, RunResult, SuccessfulRun } from './running/run-options.ts'
export { testApp } from './test-app.ts'
export type { TestApp, TestAppOptions } from './test-app-options.ts'
export { type Moment, TestClock } from './test-clock.ts'
