/**
 * What was sampled, kept for charts: every look of the last hour, one a minute for a week.
 * @module
 */
import type { Chart, Range, Rates } from '../../protocol.ts'
import { type Sample, waitingOf } from './sample.ts'

const MINUTE_MS = 60_000
const FINE_MS = 60 * MINUTE_MS
const COARSE_MS = 7 * 24 * 60 * MINUTE_MS
const RATE_MS = MINUTE_MS

/** How long each range is, and the width of its steps. About 180 steps are as many as a chart shows well. */
const RANGE_MS: Readonly<Record<Range, { readonly span: number; readonly step: number }>> = {
  '15m': { span: 15 * MINUTE_MS, step: 5_000 },
  '1h': { span: 60 * MINUTE_MS, step: 20_000 },
  '24h': { span: 24 * 60 * MINUTE_MS, step: 8 * MINUTE_MS },
  '7d': { span: COARSE_MS, step: 60 * MINUTE_MS },
}

interface Point {
  readonly at: number
  readonly succeeded: number
  readonly failed: number
  readonly waiting: number
  readonly active: number
  readonly oldestWaitMs: number
  readonly busy: number
  readonly slots: number
}

interface QueuePoint {
  readonly at: number
  readonly finished: ReadonlyMap<string, { readonly succeeded: number; readonly failed: number }>
}

/** Points by time. */
export class History {
  readonly #fine: Point[] = []
  readonly #coarse: Point[] = []
  /** Only as far back as rates of queues look. */
  readonly #queues: QueuePoint[] = []

  /** Adds a look. */
  add(sample: Sample): void {
    const { at, finished, totals, workers } = sample
    const point: Point = {
      at,
      ...finished,
      waiting: waitingOf(totals),
      active: totals.active,
      oldestWaitMs: sample.oldestDueAt === null ? 0 : Math.max(0, at - sample.oldestDueAt),
      busy: workers.reduce((sum, { busy }) => sum + busy, 0),
      slots: workers.reduce((sum, { slots }) => sum + slots, 0),
    }
    keep(this.#fine, point, FINE_MS)
    if (at - (this.#coarse.at(-1)?.at ?? 0) >= MINUTE_MS) keep(this.#coarse, point, COARSE_MS)
    const ends = [...sample.queues].map(([name, queue]) => [name, queue.finished] as const)
    keep(this.#queues, { at, finished: new Map(ends) }, RATE_MS)
  }

  /** When the first look was. */
  get since(): number | null {
    return this.#coarse[0]?.at ?? null
  }

  /** Jobs per second over the last minute. */
  rates(): Rates {
    const last = this.#fine.at(-1)
    const first = this.#fine.find(({ at }) => last !== undefined && at >= last.at - RATE_MS)
    return ratesBetween(first, last)
  }

  /** The same for one queue. */
  queueRates(name: string): Rates {
    const [first, last] = [this.#queues[0], this.#queues.at(-1)].map((point) => {
      const finished = point?.finished.get(name)
      return point === undefined || finished === undefined ? undefined : { at: point.at, ...finished }
    })
    return ratesBetween(first, last)
  }

  /** How many failed and succeeded in the last `ms`. */
  endedWithin(ms: number): { readonly succeeded: number; readonly failed: number } {
    const last = this.#fine.at(-1)
    const first = this.#fine.find(({ at }) => last !== undefined && at >= last.at - ms)
    if (first === undefined || last === undefined) return { succeeded: 0, failed: 0 }
    return { succeeded: grown(first.succeeded, last.succeeded), failed: grown(first.failed, last.failed) }
  }

  /** The charts of the first page. */
  charts(range: Range, now: number, waits: boolean): readonly Chart[] {
    const { span, step } = RANGE_MS[range]
    const source = span <= FINE_MS ? this.#fine : this.#coarse
    const steps = bucket(source, now, span, step)
    const time = { from: steps[0]?.at ?? now, stepMs: step }
    const ofPoint = (pick: (point: Point) => number): (number | null)[] =>
      steps.map(({ last }) => (last === undefined ? null : pick(last)))
    const perSecond = (pick: (point: Point) => number): (number | null)[] =>
      steps.map(({ last, before }) =>
        last === undefined || before === undefined || last.at === before.at
          ? null
          : rounded(grown(pick(before), pick(last)) / ((last.at - before.at) / 1000)),
      )
    const backlog: Chart = {
      id: 'backlog',
      title: 'Backlog',
      unit: 'count',
      ...time,
      series: [
        { label: 'Waiting', color: 'accent', values: ofPoint(({ waiting }) => waiting) },
        { label: 'Active', color: 'warn', values: ofPoint(({ active }) => active) },
      ],
    }
    const throughput: Chart = {
      id: 'throughput',
      title: 'Throughput',
      unit: 'perSecond',
      ...time,
      series: [
        { label: 'Succeeded', color: 'good', values: perSecond(({ succeeded }) => succeeded) },
        { label: 'Failed', color: 'bad', values: perSecond(({ failed }) => failed) },
      ],
    }
    const wait: Chart = {
      id: 'wait',
      title: 'Longest wait',
      unit: 'ms',
      ...time,
      series: [
        { label: 'Oldest due job', color: 'accent', values: ofPoint(({ oldestWaitMs }) => oldestWaitMs) },
      ],
    }
    const slots: Chart = {
      id: 'slots',
      title: 'Slots',
      unit: 'count',
      ...time,
      series: [
        { label: 'In use', color: 'accent', values: ofPoint(({ busy }) => busy) },
        { label: 'In all', color: 'quiet', values: ofPoint((point) => point.slots) },
      ],
    }
    return [throughput, backlog, ...(waits ? [wait] : []), slots]
  }
}

function keep<P extends { readonly at: number }>(points: P[], added: P, forMs: number): void {
  points.push(added)
  let old = 0
  while ((points[old]?.at ?? added.at) < added.at - forMs) old += 1
  // In large pieces, since taking the first off a long list moves all others.
  if (old > 60 || forMs === RATE_MS) points.splice(0, old)
}

/** Steps of equal width, with the last point in each and the one before that. */
function bucket(
  points: readonly Point[],
  now: number,
  span: number,
  step: number,
): { readonly at: number; readonly last: Point | undefined; readonly before: Point | undefined }[] {
  const end = Math.ceil(now / step) * step
  const count = Math.round(span / step)
  const last = new Array<Point | undefined>(count)
  let before: Point | undefined
  for (const point of points) {
    const index = count - 1 - Math.floor((end - point.at) / step)
    if (index < 0) before = point
    else if (index < count) last[index] = point
  }
  return Array.from(last, (found, index) => {
    const entry = { at: end - (count - 1 - index) * step, last: found, before }
    if (found !== undefined) before = found
    return entry
  })
}

function ratesBetween(
  first: { readonly at: number; readonly succeeded: number; readonly failed: number } | undefined,
  last: { readonly at: number; readonly succeeded: number; readonly failed: number } | undefined,
): Rates {
  if (first === undefined || last === undefined || last.at - first.at < 1_000)
    return { succeeded: null, failed: null }
  const seconds = (last.at - first.at) / 1000
  return {
    succeeded: grown(first.succeeded, last.succeeded) / seconds,
    failed: grown(first.failed, last.failed) / seconds,
  }
}

/** A total that fell belongs to a store that was emptied: nothing is known of that step. */
function grown(before: number, after: number): number {
  return Math.max(0, after - before)
}

/** Three digits are more than a chart can show. */
function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
