/**
 * `millrace/testing`: a test kit over the real engine and the memory backend, for any test runner.
 * @module
 */
export { AssertionError } from './assertion-error.ts'
export { DrainError } from './drain-errors.ts'
export type { AdvanceOptions, DrainOptions } from './drain-options.ts'
export type { DrainedAttempt, DrainedOutcome, DrainSummary } from './drain-summary.ts'
export type { EnqueuedJob } from './enqueued-job.ts'
export type { ExpectOptions, RefuteOptions } from './expectation.ts'
export type { AsJson, AsymmetricMatcher, Matcher } from './matcher.ts'
export { RunError } from './run.ts'
export type { RunArguments, RunOptions, RunResult, SuccessfulRun } from './run-options.ts'
export { testApp } from './test-app.ts'
export type { TestApp, TestAppOptions } from './test-app-options.ts'
export { type Moment, TestClock } from './test-clock.ts'
