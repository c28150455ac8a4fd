/**
 * One look at a store, and what changed since the look before.
 * @module
 */
import type { JobView } from '../../contract/index.ts'
import { type Overview, type QueueRow, readOverview } from '../overview.ts'
import type { StoreClient } from '../store-client.ts'

/** Jobs per second; null before there are two looks. */
interface Rates {
  readonly enqueued: number | null
  readonly finished: number | null
  readonly failed: number | null
}

/** What the view shows. */
export interface Frame extends Overview {
  readonly rates: Rates
  /** Finished per second by queue. */
  readonly queueRates: Readonly<Record<string, number | null>>
  /** The jobs that failed latest, newest first. */
  readonly failures: readonly JobView[]
}

/** Takes a look. `before` is the look before. */
export async function takeFrame(app: StoreClient, before: Overview | null, failures: number): Promise<Frame> {
  const overview = await readOverview(app)
  const page = await app.list({ states: ['failed'] }, { limit: failures, order: 'newest' })
  return { ...overview, ...ratesBetween(before, overview), failures: page.jobs }
}

/** Rates from the difference of counts. Pruning takes jobs away, so a count that fell says nothing. */
export function ratesBetween(before: Overview | null, now: Overview): Pick<Frame, 'rates' | 'queueRates'> {
  const seconds = before === null ? 0 : (now.at - before.at) / 1_000
  const rate = (a: number | undefined, b: number): number | null =>
    before === null || seconds <= 0 ? null : Math.max(0, b - (a ?? 0)) / seconds
  const earlier = new Map(before?.queues.map((row) => [row.queue, row]))
  const queueRates = Object.fromEntries(
    now.queues.map((row) => [row.queue, rate(finishedOf(earlier.get(row.queue)), finishedOf(row))]),
  )
  const rates = {
    enqueued: rate(sum(before?.queues ?? [], storedOf), sum(now.queues, storedOf)),
    finished: rate(sum(before?.queues ?? [], finishedOf), sum(now.queues, finishedOf)),
    failed: rate(before?.totals.failed, now.totals.failed),
  }
  return { rates, queueRates }
}

function finishedOf(row: QueueRow | undefined): number {
  return row === undefined ? 0 : row.counts.succeeded + row.counts.failed + row.counts.cancelled
}

function storedOf(row: QueueRow): number {
  return Object.values(row.counts).reduce((total, count) => total + count, 0)
}

function sum(rows: readonly QueueRow[], of: (row: QueueRow) => number): number {
  return rows.reduce((total, row) => total + of(row), 0)
}
