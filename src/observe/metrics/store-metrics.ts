/**
 * What the store says: the same from whichever process it is asked.
 * @module
 */
import { JOB_STATES, type Millrace } from '../../contract/index.ts'
import type { Labels } from './driver.ts'
import type { MetricHome } from './event-metrics.ts'
import { LabelNames } from './label-names.ts'
import { type StoreLook, StoreLooks } from './store-look.ts'

type Add = (labels: Labels, value: number) => void

/** A metric whose values are made afresh from each look. Values under the same labels add up. */
interface StoreMetric {
  readonly kind: 'Gauge' | 'Counter'
  readonly name: string
  readonly help: string
  readonly labelNames: readonly string[]
  fill(look: StoreLook, add: Add, names: LabelNames): void
}

const METRICS: readonly StoreMetric[] = [
  {
    kind: 'Gauge',
    name: 'millrace_queue_jobs',
    help: 'Jobs in the store, by queue and state.',
    labelNames: ['queue', 'state'],
    fill: ({ counts }, add, names) => {
      // A state that has no jobs is zero, and not a gap in a chart.
      for (const queue of new Set(counts?.map((one) => names.of(one.queue))))
        for (const state of JOB_STATES) add({ queue, state }, 0)
      for (const { queue, state, count } of counts ?? []) add({ queue: names.of(queue), state }, count)
    },
  },
  {
    kind: 'Gauge',
    name: 'millrace_queue_oldest_wait_seconds',
    help: 'How long the job that has waited longest for a worker has been due; 0 where none is.',
    labelNames: ['queue'],
    fill: ({ queues, now }, add, names) => {
      const longest = new Map<string, number>()
      for (const { queue, oldestDueAt } of queues ?? []) {
        const label = names.of(queue)
        const waitMs = oldestDueAt === null ? 0 : Math.max(0, now - oldestDueAt)
        longest.set(label, Math.max(longest.get(label) ?? 0, waitMs))
      }
      for (const [queue, waitMs] of longest) add({ queue }, waitMs / 1_000)
    },
  },
  {
    kind: 'Counter',
    name: 'millrace_queue_finished_total',
    help: 'Jobs that ever came to an end, in all processes.',
    labelNames: ['queue', 'outcome'],
    fill: ({ queues }, add, names) => {
      for (const { queue, finished } of queues ?? [])
        for (const [outcome, count] of Object.entries(finished))
          add({ queue: names.of(queue), outcome }, count)
    },
  },
  {
    kind: 'Gauge',
    name: 'millrace_queues_paused',
    help: 'How many queues are paused.',
    labelNames: [],
    fill: ({ paused }, add) => paused !== null && add({}, paused.length),
  },
  {
    kind: 'Gauge',
    name: 'millrace_workers',
    help: 'Workers with a live lease, by whether they still claim jobs.',
    labelNames: ['quiet'],
    fill: ({ workers }, add) => {
      if (workers === null) return
      for (const quiet of ['false', 'true']) add({ quiet }, 0)
      for (const { quiet } of workers) add({ quiet: String(quiet) }, 1)
    },
  },
  {
    kind: 'Gauge',
    name: 'millrace_slots',
    help: 'Slots of all live workers.',
    labelNames: [],
    fill: ({ workers }, add) => workers !== null && add({}, sum(workers.map(({ slots }) => slots))),
  },
  {
    kind: 'Gauge',
    name: 'millrace_slots_busy',
    help: 'Slots in use, as the workers said with their latest heartbeat.',
    labelNames: [],
    fill: ({ workers }, add) => workers !== null && add({}, sum(workers.map(({ busy }) => busy))),
  },
]

/** Makes the metrics; each is filled when it is read. */
export function describeStore(app: Pick<Millrace, 'ready'>, home: MetricHome, mostNames: number): void {
  const { library, registry, made } = home
  const looks = new StoreLooks(app)
  const names = new LabelNames(mostNames)
  const make = (
    metric: Omit<StoreMetric, 'fill'>,
    fill: (look: StoreLook | null, add: Add) => void,
  ): void => {
    const { kind, name, help, labelNames } = metric
    made.push(name)
    const figure = new library[kind]({
      ...{ name, help, labelNames, registers: [registry] },
      collect: async () => {
        const look = await looks.look()
        // What is not known any more is absent, and neither what it was nor the zero of a figure without labels.
        figure.reset()
        if (labelNames.length === 0) figure.remove({})
        fill(look, (labels, value) => figure.inc(labels, value))
      },
    })
  }
  make(UP, (look, add) => add({}, look === null ? 0 : 1))
  for (const metric of METRICS) {
    make(metric, (look, add) => {
      if (look !== null) metric.fill(look, add, names)
    })
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}

const UP = {
  kind: 'Gauge',
  name: 'millrace_store_up',
  help: '1 where the store answered within five seconds, else 0.',
  labelNames: [],
} as const
