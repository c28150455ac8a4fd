/**
 * The children of one task: as many as there are concurrent attempts, kept warm for a while.
 * @module
 */
import {
  type AnyTask,
  ChildCrashedError,
  type EventBus,
  type Job,
  NotRunningError,
} from '../contract/index.ts'
import { type AttemptEnd, runAttempt } from './isolate-attempt.ts'
import { type Child, startChild } from './isolate-children.ts'
import { decodeThrown } from './isolate-errors.ts'
import type { IsolateRule } from './isolate-options.ts'
import { checkInput } from './isolate-values.ts'

/** What a pool is made with. */
export interface PoolSettings {
  readonly task: AnyTask
  readonly rule: IsolateRule
  /** A `file:` URL. */
  readonly module: string
  readonly events: EventBus
  /** How long a handler may live after its signal aborted, in ms. */
  readonly killAfterMs: number
  /** How long an idle child is kept, in ms. */
  readonly idleMs: number
}

interface Seat {
  readonly child: Child
  /** Attempts it was given. */
  runs: number
  idleTimer: NodeJS.Timeout | undefined
}

/** A child that was asked to end is given this long, in ms. */
const END_MS = 1_000

/** Runs one task's attempts in children. */
export class ChildPool {
  readonly #settings: PoolSettings
  readonly #seats = new Set<Seat>()
  /** The one used last is used next, so that what a lull leaves over can age. */
  readonly #idle: Seat[] = []
  #closed = false

  constructor(settings: PoolSettings) {
    this.#settings = settings
  }

  /**
   * Runs the task's handler in a child and answers its output.
   * @throws whatever the handler threw; ChildCrashedError where the child died; the signal's reason where the
   * job's signal aborted and the child had to be killed.
   */
  async run(input: unknown, job: Job): Promise<unknown> {
    const { task } = this.#settings
    job.signal.throwIfAborted()
    checkInput(input, task.name)
    for (;;) {
      if (this.#closed) throw this.#closedError()
      const seat = this.#idle.pop() ?? this.#open()
      const warm = seat.runs > 0
      const end = await this.#attempt(seat, input, job)
      // A warm child may die of its own while the job is on its way; the handler saw nothing of it.
      if (end.kind === 'crashed' && warm && !end.started && !this.#closed) continue
      return this.#outcome(end, seat, job)
    }
  }

  /** Kills every child; attempts that run reject with a NotRunningError. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#seats].map((seat) => seat.child.kill()))
  }

  async #attempt(seat: Seat, input: unknown, job: Job): Promise<AttemptEnd> {
    const { task, module, rule, killAfterMs } = this.#settings
    clearTimeout(seat.idleTimer)
    seat.child.hold(true)
    seat.runs += 1
    const weigh = rule.recycleAboveMiB !== null
    const request = { run: seat.runs, module, task: task.name, input, job, weigh, killAfterMs }
    let end: AttemptEnd | undefined
    try {
      end = await runAttempt(seat.child, request)
      return end
    } finally {
      if (end?.kind === 'done' && !this.#worn(seat, end)) this.#rest(seat)
      else this.#retire(seat)
    }
  }

  #outcome(end: AttemptEnd, seat: Seat, job: Job): unknown {
    if (end.kind === 'done') {
      if (end.result.ok) return end.result.value
      throw decodeThrown(end.result.error)
    }
    if (end.kind === 'killed') throw end.reason
    if (this.#closed) throw this.#closedError()
    throw new ChildCrashedError(
      `The ${seat.child.place} that ran job ${job.id} (task "${job.task}", attempt ${job.attempt}) ${end.how}.`,
      { jobId: job.id, task: job.task, queue: job.queue, cause: end.error },
    )
  }

  #open(): Seat {
    const seat: Seat = { child: startChild(this.#settings.rule), runs: 0, idleTimer: undefined }
    this.#seats.add(seat)
    void seat.child.ended.then(({ how, error }) => {
      this.#seats.delete(seat)
      const place = this.#idle.indexOf(seat)
      if (place < 0) return
      clearTimeout(seat.idleTimer)
      this.#idle.splice(place, 1)
      if (this.#closed) return
      const during = `idle isolated ${seat.child.place} of task "${this.#settings.task.name}", which ${how}`
      this.#settings.events.emit('internal:error', { at: Date.now(), during, error: error ?? new Error(how) })
    })
    return seat
  }

  #worn(seat: Seat, end: Extract<AttemptEnd, { kind: 'done' }>): boolean {
    const { recycleAfterJobs, recycleAboveMiB } = this.#settings.rule
    if (!end.reusable || this.#closed) return true
    if (recycleAfterJobs !== null && seat.runs >= recycleAfterJobs) return true
    return recycleAboveMiB !== null && end.memoryMiB !== null && end.memoryMiB > recycleAboveMiB
  }

  #rest(seat: Seat): void {
    seat.child.hold(false)
    this.#idle.push(seat)
    seat.idleTimer = setTimeout(() => {
      this.#idle.splice(this.#idle.indexOf(seat), 1)
      this.#retire(seat)
    }, this.#settings.idleMs)
    seat.idleTimer.unref()
  }

  /** Lets a child go: it ends by itself, or is made to. */
  #retire(seat: Seat): void {
    seat.child.hold(false)
    seat.child.send({ type: 'end' })
    const timer = setTimeout(() => void seat.child.kill(), END_MS)
    timer.unref()
    void seat.child.ended.then(() => clearTimeout(timer))
  }

  #closedError(): NotRunningError {
    return new NotRunningError(`The isolated children of task "${this.#settings.task.name}" are closed.`)
  }
}
