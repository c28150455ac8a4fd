/**
 * What `run()` takes and answers.
 * @module
 */
import type {
  AnyTask,
  AttemptRecord,
  Duration,
  EnqueueOptions,
  FinishReason,
  InputOf,
  JobLogLine,
  JobState,
  Progress,
} from '../../contract/index.ts'

/** Options of `run()`: those of an enqueue that say something of a job that runs at once, and a few more. */
export interface RunOptions<Input = unknown>
  extends Omit<EnqueueOptions<Input>, 'delay' | 'at' | 'unique' | 'expires'> {
  /** Run as if it were this attempt. Default 1. */
  readonly attempt?: number
  /** True: go through all retries and snoozes to the end, without waiting for them. Default false: one attempt. */
  readonly retries?: boolean
  /** True: answer whatever came of it. Default false: throw unless the job succeeded. */
  readonly allowFailures?: boolean
  /** Longest wait for one attempt, in real time. Default 4 s. */
  readonly patience?: Duration
}

/** What `run()` takes after the task. */
export type RunArguments<T extends AnyTask> =
  undefined extends InputOf<T>
    ? [input?: InputOf<T>, options?: RunOptions<InputOf<T>>]
    : [input: InputOf<T>, options?: RunOptions<InputOf<T>>]

/** What came of a run. */
export interface RunResult<Output> {
  readonly id: string
  readonly state: JobState
  /** Decoded, as `app.result()` would answer it; undefined unless it succeeded. */
  readonly output: Output | undefined
  /** What the handler threw in its latest attempt, itself; else undefined. */
  readonly error: unknown
  /** Why it failed or was cancelled; else null. */
  readonly reason: FinishReason | null
  /** Ms until the next attempt, where one follows; else null. */
  readonly againInMs: number | null
  /** Lines the handler logged, oldest first. */
  readonly logs: readonly JobLogLine[]
  /** The last progress the handler reported; null: none. */
  readonly progress: Progress | null
  readonly attempts: readonly AttemptRecord[]
}

/** What came of a run that succeeded. */
export interface SuccessfulRun<Output> extends RunResult<Output> {
  readonly state: 'succeeded'
  readonly output: Output
}
