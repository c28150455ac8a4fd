/**
 * Waiting for jobs to finish: one subscription and one reading of records for all who wait.
 * @module
 */
import type { Duration, JobRecord, Receipt, Unsubscribe } from '../../contract/index.ts'
import {
  InvalidOptionError,
  isTerminal,
  JobStateError,
  MillraceError,
  NotRunningError,
} from '../../contract/index.ts'
import { checkKeys, checkName } from '../../kit/check.ts'
import { parseDuration } from '../../kit/durations.ts'
import { show } from '../../kit/show.ts'
import type { ClientContext } from './context.ts'
import { needFacet } from './facet.ts'
import { LONGEST_TIMER_MS, ResultWaiter, type WaitLimits } from './result-waiter.ts'

/** Behind the push, for wakes that get lost: the first look after a second, then ever later. */
const FIRST_POLL_MS = 1000
const LONGEST_POLL_MS = 30_000
const POLL_GROWTH = 1.5

/** Most records read in one call. */
const MOST_PER_READ = 1000

/** Options of `app.result()`. */
export interface ResultOptions {
  readonly timeout?: Duration
  readonly signal?: AbortSignal
}

/** Everybody who waits for results. While nobody does, it holds no timer and no subscription. */
export class Results {
  readonly #context: ClientContext
  readonly #waiters = new Set<ResultWaiter>()
  #stop: Unsubscribe | null = null
  #released: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | null = null
  #timerAt = 0
  #pollMs = FIRST_POLL_MS
  #looking = false
  #lookAgain = false
  #lookMs = 0
  #closed = false

  constructor(context: ClientContext) {
    this.#context = context
  }

  /** Resolves with the job's decoded output; see `Millrace.result`. */
  async wait(job: Receipt | string, options: ResultOptions = {}): Promise<unknown> {
    const id = checkName(typeof job === 'object' && job !== null ? job.id : job, 'job')
    const limits = readLimits(options)
    limits.signal?.throwIfAborted()
    if (this.#closed) throw closedError()
    const waiter = new ResultWaiter(id, limits, (one) => this.#leave(one))
    this.#waiters.add(waiter)
    this.#pollMs = FIRST_POLL_MS
    void this.#look()
    return waiter.promise
  }

  /** Sends everybody away. */
  async close(): Promise<void> {
    this.#closed = true
    for (const waiter of [...this.#waiters]) waiter.reject(closedError())
    await this.#released
  }

  #leave(waiter: ResultWaiter): void {
    this.#waiters.delete(waiter)
    if (this.#waiters.size > 0) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (!this.#looking) this.#released = this.#release()
  }

  async #release(): Promise<void> {
    const stop = this.#stop
    this.#stop = null
    try {
      await stop?.()
    } catch (error) {
      this.#report(error)
    }
  }

  /** Looks at once, unless wakes come so fast that it would do nothing else. */
  #wake(): void {
    if (this.#looking) this.#lookAgain = true
    else if (this.#lookMs < 1) void this.#look()
    else this.#schedule(this.#lookMs)
  }

  /** Sets the one timer there is; the earlier time wins. It keeps the process alive: somebody waits. */
  #schedule(ms: number): void {
    const at = performance.now() + ms
    if (this.#timer !== null) {
      if (this.#timerAt <= at) return
      clearTimeout(this.#timer)
    }
    this.#timerAt = at
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.#look()
    }, ms)
  }

  /** One look at a time, at all jobs that are waited for. Never rejects. */
  async #look(): Promise<void> {
    this.#lookAgain = this.#looking
    if (this.#looking || this.#waiters.size === 0) return
    this.#looking = true
    const began = performance.now()
    try {
      await this.#lookOnce()
    } catch (error) {
      this.#failed(error)
    }
    this.#looking = false
    this.#lookMs = performance.now() - began
    if (this.#waiters.size === 0) {
      this.#released = this.#release()
    } else if (this.#lookAgain) {
      this.#schedule(this.#lookMs)
    } else {
      this.#schedule(this.#pollMs)
      this.#pollMs = Math.min(LONGEST_POLL_MS, this.#pollMs * POLL_GROWTH)
    }
  }

  /** Subscribes first and reads second: what finishes in between is seen by the one or the other. */
  async #lookOnce(): Promise<void> {
    const backend = await this.#context.source.open()
    const records = needFacet(backend, 'records', 'app.result()')
    this.#stop ??= await backend.subscribe({ settled: true }, () => this.#wake())
    const waiters = [...this.#waiters]
    const ids = [...new Set(waiters.map((waiter) => waiter.id))]
    const jobs = new Map<string, JobRecord | null>()
    for (let from = 0; from < ids.length; from += MOST_PER_READ) {
      const chunk = ids.slice(from, from + MOST_PER_READ)
      const found = await records.get(chunk)
      for (const [index, id] of chunk.entries()) jobs.set(id, found[index] ?? null)
    }
    for (const waiter of waiters) this.#tell(waiter, jobs.get(waiter.id) ?? null)
  }

  #tell(waiter: ResultWaiter, job: JobRecord | null): void {
    if (!this.#waiters.has(waiter)) return
    if (job === null) waiter.reject(missingError(waiter.id))
    else if (isTerminal(job.state)) waiter.settle(job, this.#context.codecs)
  }

  /** A store that does not answer is waited for; any other error is everybody's. */
  #failed(error: unknown): void {
    if (error instanceof MillraceError && error.retriable) this.#report(error)
    else for (const waiter of [...this.#waiters]) waiter.reject(error)
  }

  #report(error: unknown): void {
    const { events, clock } = this.#context
    const at = clock.now()
    if (error instanceof MillraceError) {
      events.emit('backend:error', { at, during: 'result', error, retryInMs: Math.round(this.#pollMs) })
    } else {
      events.emit('internal:error', { at, during: 'result', error })
    }
  }
}

function readLimits(options: ResultOptions): WaitLimits {
  checkKeys(options, ['timeout', 'signal'], 'result')
  const { timeout, signal } = options
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new InvalidOptionError('signal', `signal must be an AbortSignal, got ${show(signal)}.`)
  }
  const timeoutMs = timeout === undefined ? null : parseDuration(timeout, 'timeout')
  if (timeoutMs !== null && timeoutMs > LONGEST_TIMER_MS) {
    throw new InvalidOptionError(
      'timeout',
      `timeout must be at most 24 days, got ${show(timeout)}. Leave it out for none.`,
    )
  }
  return { timeoutMs, signal: signal ?? null }
}

function closedError(): NotRunningError {
  return new NotRunningError('The app is closed: no result can be waited for. The job goes on.')
}

function missingError(id: string): JobStateError {
  return new JobStateError(
    'job-not-found',
    `There is no job ${id}: it was never stored, or was deleted since.`,
    {
      jobId: id,
    },
  )
}
