/**
 * A model of a store: slow, and obvious. It keeps one list of jobs and looks through all of it for everything.
 *
 * It shares no code with any backend, so that a mistake would have to be made twice to go unnoticed.
 * @module
 */
import type {
  AttemptOutcome,
  AttemptRecord,
  ClaimRef,
  ClaimRequest,
  Command,
  EnqueueReceipt,
  FinishReason,
  HeldKey,
  JobError,
  JobLogLine,
  JobRecord,
  JobState,
  JobTransition,
  NewJob,
  Outcome,
  RescuedJob,
} from '../contract/index.ts'
import { canTransition } from '../contract/index.ts'
import { ok } from './expect.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** A job of the model. */
export interface ModelJob extends Writable<JobRecord> {
  /** Of the latest claim, as the backend gave it. */
  token: number
  /** False between the claim of a careful job and its begin. */
  begun: boolean
  unique: HeldKey | null
  attempts: AttemptRecord[]
  logs: JobLogLine[]
  /** Value of each finished piece; null for one that was begun. */
  checkpoints: Map<string, { readonly value: string | null } | null>
}

/** A worker of the model. */
export interface ModelWorker {
  leaseEnds: number
  commands: Command[]
}

/** The model. Its methods answer what a backend has to answer. */
export class Model {
  /** Wall time. */
  now: number
  /** Time that only goes forward. */
  elapsed = 0
  /** In the order in which they were stored. */
  jobs: ModelJob[] = []
  readonly workers = new Map<string, ModelWorker>()
  readonly paused = new Set<string>()

  constructor(now: number) {
    this.now = now
  }

  find(id: string): ModelJob | undefined {
    return this.jobs.find((job) => job.id === id)
  }

  running(claim: { readonly id: string; readonly token: number }): ModelJob | undefined {
    return this.jobs.find((job) => job.id === claim.id && job.state === 'active' && job.token === claim.token)
  }

  isWaiting(job: ModelJob): boolean {
    return job.state === 'scheduled' || job.state === 'pending' || job.state === 'retrying'
  }

  isExpired(job: ModelJob): boolean {
    return this.isWaiting(job) && job.expiresAt !== null && job.expiresAt <= this.now
  }

  isLive(worker: string): boolean {
    return this.elapsed < (this.workers.get(worker)?.leaseEnds ?? Number.NEGATIVE_INFINITY)
  }

  /** Changes a state, which has to be one of the table's changes. */
  move(job: ModelJob, transition: JobTransition, to: JobState): void {
    ok(canTransition(job.state, transition, to), `${job.state} -${transition}-> ${to} is in the table`)
    job.state = to
  }

  enqueue(jobs: readonly NewJob[]): EnqueueReceipt[] {
    return jobs.map((job) => {
      if (this.find(job.id) !== undefined) return { id: job.id, outcome: 'deduplicated' }
      const holder = job.unique === null ? undefined : this.holder(job.unique.key)
      if (holder !== undefined) return { id: holder.id, outcome: this.#conflict(holder, job) }
      const before = this.jobs.find((other) => job.unique !== null && other.unique?.key === job.unique.key)
      if (before !== undefined) before.unique = null
      this.jobs.push(this.#created(job))
      return { id: job.id, outcome: 'created' }
    })
  }

  /** Who holds a key now. */
  holder(key: string): ModelJob | undefined {
    return this.jobs.find((job) => {
      if (job.unique?.key !== key) return false
      const { until, states } = job.unique
      const inTime = until !== null && this.now < until
      return inTime || states.includes(this.isExpired(job) ? 'cancelled' : job.state)
    })
  }

  #conflict(holder: ModelJob, job: NewJob): EnqueueReceipt['outcome'] {
    const conflict = job.unique?.conflict
    if (conflict === 'skip' || !this.isWaiting(holder) || this.isExpired(holder)) return 'deduplicated'
    const { queue, priority, payload, version, maxAttempts, timeoutMs, retry, tags, meta } = job
    Object.assign(holder, { queue, priority, payload, version, maxAttempts, timeoutMs, retry, tags, meta })
    holder.expiresAt = this.#expiry(job)
    if (conflict === 'replace') return 'replaced'
    holder.dueAt = job.dueAt ?? this.now + job.delayMs
    this.move(holder, 'reschedule', holder.dueAt > this.now ? 'scheduled' : 'pending')
    return 'rescheduled'
  }

  #expiry(job: NewJob): number | null {
    return job.expiresAt ?? (job.expiresInMs === null ? null : this.now + job.expiresInMs)
  }

  #key({ unique }: NewJob): HeldKey | null {
    if (unique === null) return null
    const { key, forMs, states } = unique
    return { key, until: forMs === null ? null : this.now + forMs, states }
  }

  #created(job: NewJob): ModelJob {
    const { id, task, queue, priority, payload, version, maxAttempts, timeoutMs, retry, tags, meta } = job
    const dueAt = job.dueAt ?? this.now + job.delayMs
    const given = { id, task, queue, priority, payload, version, maxAttempts, timeoutMs, retry, tags, meta }
    const state = dueAt > this.now ? 'scheduled' : 'pending'
    const expiresAt = this.#expiry(job)
    const times = { createdAt: this.now, dueAt, expiresAt, startedAt: null, finishedAt: null }
    const ends = { worker: null, result: null, reason: null, error: null, progress: null, lost: 0 }
    const own = {
      unique: this.#key(job),
      attempts: [],
      logs: [],
      checkpoints: new Map(),
      token: 0,
      begun: true,
    }
    return { ...given, state, attempt: 0, ...times, ...ends, ...own }
  }

  /** Answers whether the attempt was the current one. */
  settle(claim: { readonly id: string; readonly token: number }, outcome: Outcome): boolean {
    const job = this.running(claim)
    if (job === undefined) return false
    switch (outcome.kind) {
      case 'succeed':
        job.result = outcome.result
        this.#finish(job, 'succeed', 'succeeded', null, null)
        break
      case 'retry':
        this.#record(job, 'retried', outcome.error)
        this.move(job, 'retry', 'retrying')
        job.dueAt = this.now + outcome.delayMs
        job.error = outcome.error
        break
      case 'fail':
        this.#record(job, 'failed', outcome.error)
        if (!outcome.counts) job.attempt -= 1
        this.#finish(job, 'fail', 'failed', outcome.reason, outcome.error)
        break
      case 'cancel':
        this.#record(job, 'cancelled', outcome.error)
        this.#finish(job, 'cancel', 'cancelled', outcome.reason, outcome.error)
        break
      case 'snooze':
        this.move(job, 'snooze', 'scheduled')
        job.dueAt = this.now + outcome.delayMs
        job.attempt -= 1
        break
      case 'release':
        this.#release(job)
        break
    }
    return true
  }

  #release(job: ModelJob): void {
    this.move(job, 'release', 'pending')
    job.attempt -= 1
  }

  /** Answers whether the attempt was the current one. */
  begin(claim: ClaimRef): boolean {
    const job = this.running(claim)
    if (job !== undefined) job.begun = true
    return job !== undefined
  }

  /** Gives back what the worker runs and does not name. */
  holding(worker: string, known: readonly ClaimRef[]): void {
    const named = (job: ModelJob) => known.some(({ id, token }) => id === job.id && token === job.token)
    for (const job of this.jobs)
      if (job.state === 'active' && job.worker === worker && !named(job)) this.#release(job)
  }

  #finish(
    job: ModelJob,
    by: JobTransition,
    to: JobState,
    reason: FinishReason | null,
    error: JobError | null,
  ): void {
    this.move(job, by, to)
    job.reason = reason
    job.error = error
    job.finishedAt = this.now
  }

  #record(job: ModelJob, outcome: AttemptOutcome, error: JobError | null): void {
    job.attempts.push(this.#latest(job, outcome, this.now, error))
  }

  #latest(job: ModelJob, outcome: AttemptOutcome, end: number | null, error: JobError | null): AttemptRecord {
    const { attempt, worker, startedAt } = job
    return { attempt, outcome, worker, startedAt: startedAt ?? 0, finishedAt: end, error }
  }

  /** All attempts of a job, the running or successful one included. */
  attempts(job: ModelJob): AttemptRecord[] {
    const { state, attempts, finishedAt } = job
    if (state === 'active') return [...attempts, this.#latest(job, 'running', null, null)]
    if (state === 'succeeded') return [...attempts, this.#latest(job, 'succeeded', finishedAt, null)]
    return attempts
  }

  /** The jobs of a queue that may be claimed now, first come first. */
  claimable(queue: string): ModelJob[] {
    if (this.paused.has(queue)) return []
    const isDue = (job: ModelJob) => job.state === 'pending' || (this.isWaiting(job) && job.dueAt <= this.now)
    const place = (job: ModelJob) => this.jobs.indexOf(job)
    return this.jobs
      .filter((job) => job.queue === queue && isDue(job) && !this.isExpired(job))
      .sort((a, b) => b.priority - a.priority || a.dueAt - b.dueAt || place(a) - place(b))
  }

  /** Claims for a worker with a live lease. */
  claim(worker: string, { queues, limit }: ClaimRequest): ModelJob[] {
    const claimed: ModelJob[] = []
    for (const queue of queues) {
      const room = Math.min(queue.limit, limit - claimed.length)
      claimed.push(...this.claimable(queue.name).slice(0, room))
    }
    for (const job of claimed) {
      this.move(job, 'claim', 'active')
      Object.assign(job, { attempt: job.attempt + 1, worker, startedAt: this.now, progress: null })
      job.begun = job.attempt < job.maxAttempts && job.lost === 0
    }
    return claimed
  }

  heartbeat(id: string, leaseMs: number): boolean {
    const worker = this.workers.get(id)
    const kept = worker === undefined || this.isLive(id)
    this.workers.set(id, { leaseEnds: this.elapsed + leaseMs, commands: worker?.commands ?? [] })
    return kept
  }

  rescue(quarantineAfter: number): RescuedJob[] {
    const isLost = ({ state, worker }: ModelJob) => state === 'active' && !this.isLive(worker ?? '')
    return this.jobs.filter(isLost).map((job) => {
      const { id, task, queue, attempt, worker, begun } = job
      if (begun) this.#lose(job, quarantineAfter)
      else this.#release(job)
      return { id, task, queue, attempt, worker: worker ?? '', begun, state: job.state }
    })
  }

  #lose(job: ModelJob, quarantineAfter: number): void {
    this.#record(job, 'lost', null)
    job.lost += 1
    const error: JobError = { name: 'WorkerLost', message: '', stack: null, code: null, cause: null }
    if (job.lost >= quarantineAfter) this.#finish(job, 'quarantine', 'failed', 'quarantined', error)
    else if (job.attempt >= job.maxAttempts) this.#finish(job, 'fail', 'failed', 'exhausted', error)
    else this.move(job, 'rescue', 'pending')
  }

  /** What the backend may have noticed by itself: the time of a job has come, or is over. */
  notice(job: ModelJob, seen: JobRecord): void {
    if (this.isExpired(job) && seen.state === 'cancelled') {
      this.move(job, 'expire', 'cancelled')
      Object.assign(job, { reason: 'expired', finishedAt: seen.finishedAt })
    } else if (this.isWaiting(job) && job.dueAt <= this.now && seen.state === 'pending') job.state = 'pending'
  }
}
