/**
 * One caller who waits for one job's end.
 * @module
 */
import type { Codec, JobRecord } from '../../contract/index.ts'
import { JobResultError } from '../../contract/index.ts'
import { formatDuration } from '../../kit/durations.ts'
import { readResult } from './job-result.ts'

/** The longest time a timer can be set to; longer ones would fire at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

/** How long and until when to wait. */
export interface WaitLimits {
  /** Null: no limit. At most {@link LONGEST_TIMER_MS}. */
  readonly timeoutMs: number | null
  readonly signal: AbortSignal | null
}

/** Settles its promise once, and then leaves neither timer nor listener behind. */
export class ResultWaiter {
  readonly id: string
  readonly promise: Promise<unknown>
  readonly #signal: AbortSignal | null
  readonly #leave: (waiter: ResultWaiter) => void
  #timer: NodeJS.Timeout | null = null
  #resolve: (output: unknown) => void = () => {}
  #reject: (error: unknown) => void = () => {}

  /** @param leave called once, when it waits no longer. */
  constructor(id: string, limits: WaitLimits, leave: (waiter: ResultWaiter) => void) {
    this.id = id
    this.#signal = limits.signal
    this.#leave = leave
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    const { timeoutMs } = limits
    if (timeoutMs !== null) {
      this.#timer = setTimeout(() => this.reject(timeoutError(id, timeoutMs)), timeoutMs)
    }
    this.#signal?.addEventListener('abort', this.#aborted, { once: true })
  }

  readonly #aborted = (): void => this.reject(this.#signal?.reason)

  /** The job has finished. */
  settle(job: JobRecord, codecs: readonly Codec[]): void {
    try {
      this.#resolve(readResult(job, codecs))
      this.#end()
    } catch (error) {
      this.reject(error)
    }
  }

  /** Gives up. */
  reject(error: unknown): void {
    this.#reject(error)
    this.#end()
  }

  #end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#signal?.removeEventListener('abort', this.#aborted)
    this.#leave(this)
  }
}

function timeoutError(id: string, timeoutMs: number): JobResultError {
  return new JobResultError(
    'wait-timeout',
    `Job ${id} did not finish within ${formatDuration(timeoutMs)}. It goes on; app.result() may be called again.`,
    { jobId: id, retriable: true },
  )
}
