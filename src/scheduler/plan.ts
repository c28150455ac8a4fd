/**
 * What a schedule fires now, by its missed and overlap policies. Pure: the store's compare-and-set decides whose
 * plan becomes true.
 * @module
 */
import type { NewFiring, ScheduleChange, ScheduleRecord } from '../contract/index.ts'
import { firingId, firingJob } from './firing-job.ts'
import { nextTime, timesBetween } from './timeline.ts'

/** A firing that is no later than this is not missed. */
const LATE_MS = 60_000
/** More missed firings are not counted. */
const MOST_MISSED = 1_000
/** More unfinished jobs of one schedule are not watched. */
const MOST_OPEN = 100

/**
 * The plan for a schedule; null where there is nothing to do.
 *
 * A job that finishes after it was looked at only makes a firing wait, or be left out, that need not have been: a
 * finished job does not come back by itself, and no other firing can slip in between, since that would have changed
 * the row's revision.
 *
 * @param now the store's clock.
 * @param alive which of its `openJobs` are unfinished.
 */
export function planFirings(
  row: ScheduleRecord,
  now: number,
  alive: readonly string[],
): ScheduleChange | null {
  const plan = new Plan(row, alive)
  plan.releaseHeld()
  let { nextAt } = row
  if (nextAt !== null && nextAt <= now) {
    const due = dueTimes(row, nextAt, now)
    const kept = keptTimes(row, due, now)
    plan.miss(due.slice(0, due.length - kept.length))
    for (const [index, time] of kept.entries()) plan.fire(time, index === kept.length - 1)
    nextAt = nextTime(row, now)
  }
  return plan.change(nextAt)
}

/** The times that have come, the earliest first. */
function dueTimes(row: ScheduleRecord, nextAt: number, now: number): readonly number[] {
  const following = nextTime(row, nextAt)
  if (following === null || following > now) return [nextAt]
  const times = timesBetween(row, nextAt, now, MOST_MISSED + 1)
  return times.length === 0 ? [nextAt] : times
}

/** Those of them that are fired: the latest ones, as the missed policy says. */
function keptTimes(
  { missed, missedLimit }: ScheduleRecord,
  due: readonly number[],
  now: number,
): readonly number[] {
  if (missed === 'all') return due.slice(-missedLimit)
  const latest = due.slice(-1)
  return missed === 'once' ? latest : latest.filter((time) => now - time <= LATE_MS)
}

/** One schedule's firings, as they are decided one after the other. */
class Plan {
  readonly #row: ScheduleRecord
  readonly #firings: NewFiring[] = []
  #open: readonly string[]
  #heldAt: number | null
  #lastAt: number | null

  constructor(row: ScheduleRecord, alive: readonly string[]) {
    this.#row = row
    this.#open = alive
    this.#heldAt = row.heldAt
    this.#lastAt = row.lastAt
  }

  /** The firing that waited for an earlier job has its turn once that has finished. */
  releaseHeld(): void {
    if (this.#heldAt === null || this.#overlaps) return
    const dueAt = this.#heldAt
    this.#heldAt = null
    this.#enqueue(dueAt)
  }

  /** These are left out, as the missed policy says. */
  miss(times: readonly number[]): void {
    const [first] = times
    if (first !== undefined) this.#note(first, 'missed', times.length)
  }

  fire(dueAt: number, isLast: boolean): void {
    this.#lastAt = dueAt
    if (!this.#overlaps) this.#enqueue(dueAt)
    else this.#onOverlap(dueAt, isLast)
  }

  /** The row as it shall be, with all that it fires; null where nothing has changed. */
  change(nextAt: number | null): ScheduleChange | null {
    if (this.#firings.length === 0 && nextAt === this.#row.nextAt) return null
    const openJobs = this.#open.slice(-(this.#row.overlap === 'allow' ? 1 : MOST_OPEN))
    const schedule = { ...this.#row, nextAt, heldAt: this.#heldAt, lastAt: this.#lastAt, openJobs }
    return { schedule, firings: this.#firings }
  }

  get #overlaps(): boolean {
    return this.#row.overlap !== 'allow' && this.#open.length > 0
  }

  #onOverlap(dueAt: number, isLast: boolean): void {
    switch (this.#row.overlap) {
      case 'queue-one':
        if (this.#heldAt === null) this.#hold(dueAt)
        else this.#note(dueAt, 'skipped')
        break
      case 'cancel-running':
        // The latest one takes the place of whatever came before it.
        if (!isLast) {
          this.#note(dueAt, 'skipped')
          break
        }
        if (this.#heldAt !== null) this.#note(this.#heldAt, 'skipped')
        this.#hold(dueAt)
        break
      default:
        this.#note(dueAt, 'skipped')
    }
  }

  #hold(dueAt: number): void {
    this.#heldAt = dueAt
    this.#note(dueAt, 'held')
  }

  #enqueue(dueAt: number): void {
    this.#open = [...this.#open, firingId(this.#row.name, dueAt)]
    const job = firingJob(this.#row, dueAt)
    this.#firings.push({ dueAt, outcome: 'enqueued', manual: false, count: 1, job })
  }

  #note(dueAt: number, outcome: 'held' | 'skipped' | 'missed', count = 1): void {
    this.#firings.push({ dueAt, outcome, manual: false, count, job: null })
  }
}
