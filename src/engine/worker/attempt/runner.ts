/**
 * Runs one attempt: reads its input, calls the handler inside the middleware, and finds its outcome.
 *
 * The hot path is a synchronous walk from claim to outcome with at most one promise, the handler's own.
 * @module
 */
import type { Job, MiddlewareHooks, Outcome } from '../../../contract/index.ts'
import { InvalidPayloadError } from '../../../contract/index.ts'
import { decodeInput, encodeOutput } from '../../payloads.ts'
import type { Attempt, OnOutcome } from './attempt.ts'
import { JobContext, type JobServices } from './job-context.ts'
import { runInside, wrapsRuns } from './middleware.ts'
import {
  cancelled,
  invalidInput,
  notCommitted,
  outcomeOfError,
  type ReportFault,
  SUCCEEDED_WITHOUT_OUTPUT,
} from './outcome.ts'

/** What a runner is made with. */
export interface RunnerOptions {
  readonly services: JobServices
  /** Live list. */
  readonly middleware: readonly MiddlewareHooks[]
  readonly onOutcome: OnOutcome
  /** The handler of an attempt that was over before it ended has now ended. */
  readonly onLateEnd: (attempt: Attempt) => void
  readonly report: ReportFault
}

/** Runs attempts. */
export class Runner {
  readonly #options: RunnerOptions
  readonly #services: JobServices

  constructor(options: RunnerOptions) {
    this.#options = options
    this.#services = options.services
  }

  /** Runs an attempt that has a slot of its own. Never throws, and answers before the handler is done. */
  run(attempt: Attempt): void {
    let input: unknown
    try {
      input = this.input(attempt)
    } catch (error) {
      this.inputFailed(attempt, error)
      return
    }
    if (input instanceof Promise) this.#runLater(attempt, input)
    else this.#call(attempt, input)
  }

  /** The attempt's input; a promise where its schema is asynchronous. @throws InvalidPayloadError */
  input({ plan, claimed }: Attempt): unknown {
    return decodeInput(this.#services, plan.task, claimed)
  }

  /** The handler cannot get its input. */
  inputFailed(attempt: Attempt, error: unknown): void {
    if (error instanceof InvalidPayloadError) this.#end(attempt, invalidInput(error))
    else this.failed(attempt, error)
  }

  /** The attempt's job, for its handler. */
  job(attempt: Attempt): JobContext {
    return new JobContext(attempt, this.#services)
  }

  /** True where middleware has to be asked. */
  get wraps(): boolean {
    return wrapsRuns(this.#options.middleware)
  }

  /** Runs `innermost` inside the middleware. */
  inside(job: Job, input: unknown, innermost: (input: unknown) => Promise<unknown>): Promise<unknown> {
    return runInside(this.#options.middleware, job, input, innermost)
  }

  #runLater(attempt: Attempt, pending: Promise<unknown>): void {
    pending.then(
      (input) => this.#call(attempt, input),
      (error: unknown) => this.inputFailed(attempt, error),
    )
  }

  #call(attempt: Attempt, input: unknown): void {
    const { handler } = attempt.plan
    if (handler === null) throw new Error(`Task '${attempt.plan.task.name}' runs in batches only.`)
    let output: unknown
    try {
      const job = new JobContext(attempt, this.#services)
      output = this.wraps
        ? this.inside(job, input, async (value) => handler(value, job))
        : handler(input, job)
    } catch (error) {
      this.failed(attempt, error)
      return
    }
    if (!isThenable(output)) {
      this.succeeded(attempt, output)
      return
    }
    Promise.resolve(output).then(
      (value) => this.succeeded(attempt, value),
      (error: unknown) => this.failed(attempt, error),
    )
  }

  /** The handler answered. */
  succeeded(attempt: Attempt, output: unknown): void {
    if (attempt.over) return this.#options.onLateEnd(attempt)
    if (attempt.joined) return this.#endJoined(attempt)
    if (attempt.ending === 'cancel') return this.#end(attempt, cancelled(attempt, undefined))
    let result: string | null | Promise<string | null>
    try {
      result = encodeOutput(this.#services, attempt.plan.task, output)
    } catch (error) {
      this.failed(attempt, error)
      return
    }
    if (result === null) this.#end(attempt, SUCCEEDED_WITHOUT_OUTPUT)
    else if (typeof result === 'string') this.#end(attempt, { kind: 'succeed', result })
    else this.#endLater(attempt, result)
  }

  /** The handler threw. */
  failed(attempt: Attempt, error: unknown): void {
    if (attempt.over) return this.#options.onLateEnd(attempt)
    this.#end(attempt, outcomeOfError(attempt, error, this.#options.report))
  }

  #endLater(attempt: Attempt, pending: Promise<string | null>): void {
    pending.then(
      (result) => this.#end(attempt, { kind: 'succeed', result }),
      (error: unknown) => this.failed(attempt, error),
    )
  }

  /** After a commit this outcome comes too late and changes nothing; after a rollback it is the right one. */
  #endJoined(attempt: Attempt): void {
    this.#services.backend.transaction?.committed()
    this.#end(attempt, outcomeOfError(attempt, notCommitted(attempt), this.#options.report))
  }

  #end(attempt: Attempt, outcome: Outcome): void {
    if (attempt.over) return this.#options.onLateEnd(attempt)
    const { onOutcome, report } = this.#options
    try {
      onOutcome(attempt, outcome)
    } catch (fault) {
      // Neither the handler's fault nor its outcome: what follows an outcome has failed.
      report('dispatch', fault)
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  )
}
