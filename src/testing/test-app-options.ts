/**
 * Options of `testApp()`, and what it answers.
 * @module
 */
import type { AnyTask, AppOptions, Duration, InputOf, Millrace, OutputOf } from '../contract/index.ts'
import type { EnqueuedJob } from './asserting/enqueued-job.ts'
import type { ExpectOptions, RefuteOptions } from './asserting/expectation.ts'
import type { AsJson, Matcher } from './asserting/matcher.ts'
import type { AdvanceOptions, DrainOptions } from './running/drain-options.ts'
import type { DrainSummary } from './running/drain-summary.ts'
import type { RunArguments, RunOptions, RunResult, SuccessfulRun } from './running/run-options.ts'
import type { Moment, TestClock } from './test-clock.ts'

/** Options of {@link testApp}: those of the app itself, but for the store and the clock, which it brings. */
export interface TestAppOptions extends Omit<AppOptions, 'backend' | 'clock'> {
  /** The time on the clock. Default: the system's time when the test app is made. */
  readonly start?: Moment
  /**
   * `fake` (default): jobs are stored, and run when the test says so. `inline`: a job that is due runs at once, and
   * `enqueue` rejects with what its handler threw.
   */
  readonly mode?: 'fake' | 'inline'
  /**
   * The app that the code under test imports: until `close()`, whatever is asked of it is answered by the test
   * app. Its tasks are the default for `tasks`; other options it was made with have to be given here again.
   */
  readonly insteadOf?: Millrace
  /** True: run isolated handlers in children, as in production. Default false: here, where mocks reach them. */
  readonly isolate?: boolean
}

/** An app on a store in memory, and what a test needs of it. */
export interface TestApp extends Millrace {
  readonly clock: TestClock
  /**
   * Runs every job that is due, and the jobs they enqueue, without waiting for real time to pass.
   * @throws DrainError where jobs were left failed or waiting for another attempt (unless `allowFailures`), where
   * an attempt hangs, or where there is no end of them.
   */
  drain(options?: DrainOptions): Promise<DrainSummary>
  /**
   * Lets time pass as if a worker were running all along: at each due time the clock stops and the jobs run. Ends
   * with the clock so much later.
   * @throws DrainError as `drain()` does.
   */
  advance(by: Duration, options?: AdvanceOptions): Promise<DrainSummary>
  /**
   * Runs one job of the task by itself, through codecs, validation and middleware, and leaves nothing in the app's
   * store. For unit tests of handlers.
   * @throws what the handler threw, unless `allowFailures`; RunError where the job was snoozed or cancelled.
   */
  run<T extends AnyTask>(
    task: T,
    input: InputOf<T>,
    options: RunOptions<InputOf<T>> & { readonly allowFailures: true },
  ): Promise<RunResult<OutputOf<T>>>
  run<T extends AnyTask>(task: T, ...args: RunArguments<T>): Promise<SuccessfulRun<OutputOf<T>>>
  /** Everything that was enqueued, oldest first, whether or not it has run. */
  enqueued(): readonly EnqueuedJob[]
  /** Jobs of one task. */
  enqueued<T extends AnyTask>(task: T): readonly EnqueuedJob<AsJson<InputOf<T>>>[]
  /**
   * The first job of the task that matches.
   * @param matcher parts of the input, a predicate, or a matcher of the test runner. Default: any input.
   * @throws AssertionError which shows what was enqueued instead; InvalidOptionError for a wrong option.
   */
  expectEnqueued<T extends AnyTask>(
    task: T,
    matcher?: Matcher<InputOf<T>>,
    options?: ExpectOptions,
  ): EnqueuedJob<AsJson<InputOf<T>>>
  /** @throws AssertionError where anything was enqueued. */
  refuteEnqueued(): void
  /** @throws AssertionError where a job of the task matches; InvalidOptionError for a wrong option. */
  refuteEnqueued<T extends AnyTask>(task: T, matcher?: Matcher<InputOf<T>>, options?: RefuteOptions): void
  /** As new, for the next test: no jobs, nothing paused, the clock at its start. Tasks and middleware stay. */
  reset(): Promise<void>
}
