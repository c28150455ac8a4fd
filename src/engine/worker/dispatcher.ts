/**
 * Gives slots to claimed jobs, and takes the outcomes of their attempts.
 * @module
 */
import type { ClaimedJob, Clock, Outcome } from '../../contract/index.ts'
import type { Announcer } from './announce.ts'
import { Attempt } from './attempt/attempt.ts'
import { BatchSlot, runBatch } from './attempt/batch-run.ts'
import { isBatch, type JobBatch } from './attempt/gather.ts'
import {
  CANCELLED_UNSTARTED,
  RELEASED,
  type ReportFault,
  unknownTask,
  unrunnableTask,
} from './attempt/outcome.ts'
import type { Runner } from './attempt/runner.ts'
import type { TaskPlan, TaskPlans } from './attempt/task-plan.ts'
import { Timeouts } from './attempt/timeouts.ts'
import type { Bell } from './bell.ts'
import { Ended, type SettleBatch } from './settle-batch.ts'
import type { Lane, Slots } from './slots.ts'
import { Waiters } from './waiters.ts'
import { WaitingJobs } from './waiting-jobs.ts'

/** A run of synchronous handlers lets the event loop go round after this long, in ms. */
const TURN_MS = 10

/** What a dispatcher is made with. */
export interface DispatcherOptions {
  readonly slots: Slots
  readonly plans: TaskPlans
  readonly clock: Clock
  readonly settles: SettleBatch
  readonly announcer: Announcer
  readonly bell: Bell
  /** An attempt has run out of time. */
  readonly onTimeout: (attempt: Attempt) => void
  readonly report: ReportFault
  /** Once the lease was known to be live, it is for so many ms. */
  readonly trustMs: number
}

/** Starts attempts as slots become free. */
export class Dispatcher {
  /** Attempts that have no outcome yet. */
  readonly running: Attempt[] = []
  readonly waiting: WaitingJobs
  readonly #options: DispatcherOptions
  readonly #slots: Slots
  readonly #clock: Clock
  readonly #timeouts: Timeouts
  readonly #drained = new Waiters()
  #runner: Runner | null = null
  #pumping = false
  #paused = false
  #doubtful = false
  /** When the lease was last known to be live, on the monotonic clock. */
  #trustedAt: number
  /** When this turn of the event loop started its first attempt; negative: it has not. */
  #turnStartedAt = -1
  /** Attempts that got their outcome so far. */
  ended = 0
  /** Jobs that were given back so far, begun or not. */
  released = 0

  constructor(options: DispatcherOptions) {
    this.#options = options
    this.#slots = options.slots
    this.#clock = options.clock
    this.#trustedAt = options.clock.monotonic()
    this.waiting = new WaitingJobs(options.slots, options.plans, () => this.pump())
    this.#timeouts = new Timeouts(options.clock, this.running, options.onTimeout)
  }

  /** The runner tells the dispatcher of outcomes, so it is made after it. */
  use(runner: Runner): void {
    this.#runner = runner
  }

  /** Nothing runs and nothing waits. */
  get idle(): boolean {
    return this.#slots.used === 0 && this.running.length === 0 && this.waiting.size === 0
  }

  /** Takes claimed jobs and starts what may start. */
  take(jobs: readonly ClaimedJob[]): void {
    if (jobs.length === 0) return
    const now = this.#clock.monotonic()
    for (const job of jobs) {
      const lane = this.#slots.lane(job.queue)
      // A queue that was not asked for is no business of this worker: back with it.
      if (lane === undefined) this.giveBack([job])
      else this.waiting.add(job, lane, now)
    }
    this.pump()
  }

  /** Starts nothing until it is resumed: the store is away, and what waits may be another worker's by now. */
  pause(): void {
    this.#paused = true
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.pump()
  }

  /** True where what waits may be another worker's: nothing is started until {@link trust}. */
  get doubtful(): boolean {
    return this.#doubtful
  }

  /** The lease may have run out, such as while the whole process was stopped. */
  doubt(): void {
    if (this.#doubtful) return
    this.#doubtful = true
    this.#options.bell.ring()
  }

  /** At this time, on the monotonic clock, what waits here was this worker's own. */
  trust(at: number): void {
    this.#doubtful = false
    this.#trustedAt = at
    this.resume()
    this.pump()
  }

  /** At this time, on the monotonic clock, the store knew a live lease: the old one, or a new one after a gap. */
  leaseSeen(at: number): void {
    if (this.#doubtful) return
    if (this.waiting.size > 0 && this.#isStale(at)) this.doubt()
    else this.trust(at)
  }

  /** Starts attempts while slots are free. */
  pump(): void {
    if (this.#pumping || this.#paused || this.#doubtful) return
    this.#pumping = true
    try {
      while (this.#slots.free > 0 && this.waiting.wanted > 0) {
        const now = this.#clock.monotonic()
        if (this.#isStale(now)) {
          this.doubt()
          break
        }
        if (!this.#mayGoOn(now)) break
        const next = this.waiting.next(now)
        if (next === undefined) break
        if (isBatch(next.unit)) this.#startBatch(next.unit, now)
        else this.#startJob(next.unit, next.lane, now)
      }
    } finally {
      this.#pumping = false
    }
  }

  /** Takes an attempt's outcome, whether or not its handler is done. */
  readonly settle = (attempt: Attempt, outcome: Outcome): void => {
    if (attempt.over) return
    attempt.over = true
    this.ended += 1
    this.#forget(attempt)
    if (this.running.length === 0) this.#drained.resolve()
    if (attempt.shared === null) this.#slots.release(attempt.lane)
    else attempt.shared.oneOver()
    this.#push(attempt.claimed, outcome, attempt)
    this.pump()
  }

  /** Gives back jobs that were claimed and not started. */
  giveBack(jobs: readonly ClaimedJob[]): void {
    for (const job of jobs) this.#push(job, RELEASED, null)
  }

  /** Gives back the waiting jobs that the test picks. */
  giveBackWaiting(picks: (job: ClaimedJob) => boolean): void {
    this.giveBack(this.waiting.remove(picks))
  }

  /** Cancels a job that waits; false where it does not. */
  cancelWaiting(jobId: string): boolean {
    const jobs = this.waiting.remove((job) => job.id === jobId)
    for (const job of jobs) this.#push(job, CANCELLED_UNSTARTED, null)
    return jobs.length > 0
  }

  /** Resolves when nothing runs. */
  drained(): Promise<void> {
    return this.running.length === 0 ? Promise.resolve() : this.#drained.wait()
  }

  /** The running attempt of a job, if any: the latest, where an older one lost its lease and has not ended yet. */
  find(jobId: string): Attempt | undefined {
    let latest: Attempt | undefined
    for (const attempt of this.running) {
      const { claimed, ending } = attempt
      if (claimed.id !== jobId || ending === 'lease') continue
      if (latest === undefined || claimed.token > latest.claimed.token) latest = attempt
    }
    return latest
  }

  close(): void {
    this.#paused = true
    this.#timeouts.close()
  }

  #isStale(now: number): boolean {
    return now - this.#trustedAt > this.#options.trustMs
  }

  #mayGoOn(now: number): boolean {
    if (this.#turnStartedAt >= 0) return now - this.#turnStartedAt < TURN_MS
    this.#turnStartedAt = now
    setImmediate(this.#nextTurn)
    return true
  }

  readonly #nextTurn = (): void => {
    this.#turnStartedAt = -1
    this.pump()
  }

  #startJob(job: ClaimedJob, lane: Lane, now: number): void {
    const { plans, report } = this.#options
    let plan: TaskPlan | null
    try {
      plan = plans.find(job.task)
    } catch (error) {
      report(`start of a job of task '${job.task}'`, error)
      this.#push(job, unrunnableTask(error), null)
      return
    }
    if (plan === null) {
      this.#push(job, unknownTask(job.task, plans.whyUnknown(job.task)), null)
      return
    }
    this.#slots.take(lane)
    const attempt = new Attempt(job, plan, lane, now, null)
    this.#begin(attempt)
    this.#runner?.run(attempt)
  }

  #startBatch({ plan, lane, jobs }: JobBatch, now: number): void {
    const { batch } = plan
    if (batch === null || this.#runner === null) return
    this.#slots.take(lane)
    const slot = new BatchSlot(jobs.length, () => this.#slots.release(lane))
    const attempts = jobs.map((job) => new Attempt(job, plan, lane, now, slot))
    for (const attempt of attempts) this.#begin(attempt)
    void runBatch(this.#runner, plan, batch, attempts, slot)
  }

  #begin(attempt: Attempt): void {
    attempt.place = this.running.length
    this.running.push(attempt)
    if (attempt.deadline !== Number.POSITIVE_INFINITY) this.#timeouts.watch(attempt)
    this.#options.announcer.started(attempt)
  }

  /** The last one takes its place, so that nothing has to move up. */
  #forget(attempt: Attempt): void {
    const last = this.running.pop()
    if (last === undefined || last === attempt) return
    this.running[attempt.place] = last
    last.place = attempt.place
  }

  #push(job: ClaimedJob, outcome: Outcome, attempt: Attempt | null): void {
    const { settles, announcer, bell } = this.#options
    if (outcome.kind === 'release') this.released += 1
    const timed = attempt !== null && announcer.wants(outcome)
    const now = timed || settles.size === 0 ? this.#clock.monotonic() : 0
    const runMs = timed ? Math.max(0, now - attempt.startedAt) : 0
    settles.push(new Ended(job, outcome, attempt, runMs), now)
    bell.ringSoon()
  }
}
