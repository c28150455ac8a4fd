/**
 * Code that wraps every enqueue and every run.
 * @module
 */
import type { EnqueueReceipt } from './job.ts'
import type { EnqueueOptions, Job } from './task.ts'

/** An enqueue on its way; a middleware may pass on a changed copy. */
export interface EnqueueCall {
  readonly task: string
  readonly input: unknown
  readonly options: EnqueueOptions
}

/** Hooks of one middleware; the first one registered is the outermost. */
export interface MiddlewareHooks {
  /** Wraps an enqueue: call `next` with the same or a changed call, or throw to refuse it. */
  enqueue?(call: EnqueueCall, next: (call: EnqueueCall) => Promise<EnqueueReceipt>): Promise<EnqueueReceipt>
  /** Wraps one attempt: call `next` to run the handler; what it throws is the attempt's error. */
  run?(job: Job, input: unknown, next: (input: unknown) => Promise<unknown>): Promise<unknown>
}
