/**
 * Gives slots to claimed jobs, and takes the outcomes of their attempts.
 * @module
 */
import type { ClaimedJob, ClaimRef, Clock, Outcome } from '../../contract/index.ts'
import type { Announcer } from './announce.ts'
import { Attempt } from './attempt/attempt.ts'
import { BatchSlot, runBatch } from './attempt/batch-run.ts'
import { isBatch } from './attempt/gather.ts'
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
import { type Beginning, Beginnings, isCareful } from './beginnings.ts'
import type { Bell } from './bell.ts'
import { RunningAttempts } from './running-attempts.ts'
import { Ended, type SettleBatch } from './settle-batch.ts'
import type { Lane, Slots } from './slots.ts'
import { Turn } from './turn.ts'
import { type NextUnit, WaitingJobs } from './waiting-jobs.ts'

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
  readonly waiting: WaitingJobs
  /** What has its slot and waits for the store's word. */
  readonly beginnings: Beginnings
  readonly #options: DispatcherOptions
  readonly #slots: Slots
  readonly #clock: Clock
  readonly #timeouts: Timeouts
  readonly #running = new RunningAttempts()
  readonly #turn = new Turn(() => this.pump())
  #runner: Runner | null = null
  #pumping = false
  #paused = false
  #doubtful = false
  /** When the lease was last known to be live, on the monotonic clock. */
  #trustedAt: number
  /** Attempts that got their outcome so far. */
  ended = 0
  /** Jobs that were given back so far, begun or not. */
  released = 0

  constructor(options: DispatcherOptions) {
    this.#options = options
    this.#slots = options.slots
    this.#clock = options.clock
    this.#trustedAt = options.clock.monotonic()
    this.beginnings = new Beginnings(options.slots)
    this.waiting = new WaitingJobs(options.slots, options.plans, () => this.pump())
    this.#timeouts = new Timeouts(options.clock, this.running, options.onTimeout)
  }

  /** The runner tells the dispatcher of outcomes, so it is made after it. */
  use(runner: Runner): void {
    this.#runner = runner
  }

  /** Attempts that have no outcome yet. */
  get running(): readonly Attempt[] {
    return this.#running.all
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
    this.beginnings.askAgain()
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
    this.beginnings.askAgain()
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
      while (this.beginnings.ready || (this.#slots.free > 0 && this.waiting.wanted > 0)) {
        const now = this.#clock.monotonic()
        if (this.#isStale(now)) {
          this.doubt()
          break
        }
        if (!this.#turn.mayGoOn(now)) break
        const begun = this.beginnings.next()
        const next = begun === undefined ? this.waiting.next(now) : undefined
        if (begun !== undefined) this.#start(begun, now)
        else if (next !== undefined) this.#give(next, now)
        else break
      }
    } finally {
      this.#pumping = false
    }
  }

  /** The store has noted what {@link beginnings} asked for; the ids in `leaseLost` belong to others. */
  begun(leaseLost: readonly string[], settled: readonly { readonly job: ClaimRef }[]): void {
    // Whether it is still this worker's own is found out first; then it is asked for again.
    if (this.#doubtful) return
    this.beginnings.answered(leaseLost, settled)
    this.pump()
  }

  /** Takes an attempt's outcome, whether or not its handler is done. */
  readonly settle = (attempt: Attempt, outcome: Outcome): void => {
    if (attempt.over) return
    attempt.over = true
    this.ended += 1
    this.#running.remove(attempt)
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

  /** Gives back all that has not started. */
  giveBackUnstarted(): void {
    this.giveBack(this.#removeUnstarted(() => true))
  }

  /** Cancels a job that has not started; false where there is none. */
  cancelUnstarted(jobId: string): boolean {
    const jobs = this.#removeUnstarted((job) => job.id === jobId)
    if (jobs.length === 0) return false
    for (const job of jobs) this.#push(job, CANCELLED_UNSTARTED, null)
    this.pump()
    return true
  }

  /** Every attempt that has no outcome yet, started or not. */
  held(): readonly ClaimedJob[] {
    const running = this.running.map(({ claimed }) => claimed)
    return [...running, ...this.beginnings.jobs(), ...this.waiting.jobs()]
  }

  /** Resolves when nothing runs. */
  drained(): Promise<void> {
    return this.#running.drained()
  }

  /** The running attempt of a job, if any. */
  find(jobId: string): Attempt | undefined {
    return this.#running.find(jobId)
  }

  close(): void {
    this.#paused = true
    this.#timeouts.close()
  }

  #isStale(now: number): boolean {
    return now - this.#trustedAt > this.#options.trustMs
  }

  /** Gives a slot to what is next, and starts it unless the store has to be told first. */
  #give({ unit, lane }: NextUnit, now: number): void {
    const plan = isBatch(unit) ? unit.plan : this.#planOf(unit)
    if (plan === null) return
    this.#slots.take(lane)
    if (isCareful(unit)) {
      this.beginnings.add(plan, lane, unit)
      this.#options.bell.ringSoon()
    } else if (isBatch(unit)) this.#startBatch(plan, lane, unit.jobs, now)
    else this.#startJob(plan, lane, unit, now)
  }

  /** The plan of a job; null where it cannot run here, which is its outcome. */
  #planOf(job: ClaimedJob): TaskPlan | null {
    const { plans, report } = this.#options
    try {
      const plan = plans.find(job.task)
      if (plan === null) this.#push(job, unknownTask(job.task, plans.whyUnknown(job.task)), null)
      return plan
    } catch (error) {
      report(`start of a job of task '${job.task}'`, error)
      this.#push(job, unrunnableTask(error), null)
      return null
    }
  }

  #start({ plan, lane, jobs, inBatch }: Beginning, now: number): void {
    if (inBatch) this.#startBatch(plan, lane, jobs, now)
    else for (const job of jobs) this.#startJob(plan, lane, job, now)
  }

  #startJob(plan: TaskPlan, lane: Lane, job: ClaimedJob, now: number): void {
    const attempt = new Attempt(job, plan, lane, now, null)
    this.#begin(attempt)
    this.#runner?.run(attempt)
  }

  #startBatch(plan: TaskPlan, lane: Lane, jobs: readonly ClaimedJob[], now: number): void {
    const { batch } = plan
    if (batch === null || this.#runner === null) return
    const slot = new BatchSlot(jobs.length, () => this.#slots.release(lane))
    const attempts = jobs.map((job) => new Attempt(job, plan, lane, now, slot))
    for (const attempt of attempts) this.#begin(attempt)
    void runBatch(this.#runner, plan, batch, attempts, slot)
  }

  #removeUnstarted(picks: (job: ClaimedJob) => boolean): ClaimedJob[] {
    return [...this.waiting.remove(picks), ...this.beginnings.remove(picks)]
  }

  #begin(attempt: Attempt): void {
    this.#running.add(attempt)
    if (attempt.deadline !== Number.POSITIVE_INFINITY) this.#timeouts.watch(attempt)
    this.#options.announcer.started(attempt)
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
