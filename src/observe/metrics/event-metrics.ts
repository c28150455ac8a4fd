/**
 * What happened in this process, counted from events.
 * @module
 */
import type { EventName, Millrace, MillraceEvents } from '../../contract/index.ts'
import type { Distribution, Figure, PrometheusLibrary, PrometheusRegistry } from './driver.ts'
import { LabelNames } from './label-names.ts'

/** In seconds. */
const WAIT_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600] as const
const RUN_BUCKETS = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800] as const
const LAG_BUCKETS = [0.01, 0.1, 0.5, 1, 5, 10, 60, 300, 3600] as const

const MS_PER_S = 1_000

/** Where metrics are made. */
export interface MetricHome {
  readonly library: PrometheusLibrary
  readonly registry: PrometheusRegistry
  /** The names of what was made here. */
  readonly made: string[]
}

/** Ends that have a duration. */
type EndName = 'job:succeeded' | 'job:retrying' | 'job:failed' | 'job:cancelled' | 'job:snoozed'

/** Makes the metrics and counts until the answer is called. */
export function countEvents(
  { events, tasks }: Pick<Millrace, 'events' | 'tasks'>,
  home: MetricHome,
  mostNames: number,
): () => void {
  const names = new LabelNames(mostNames)
  // Those that are declared come before what a store may hold of others.
  for (const task of tasks) names.of(task.name)
  const metrics = makeMetrics(home)
  const offs: (() => void)[] = []
  const on = <Name extends EventName>(name: Name, count: (event: MillraceEvents[Name]) => void): void => {
    offs.push(events.on(name, count))
  }
  const attempt = (task: string, outcome: string): void => {
    metrics.attempts.inc({ task: names.of(task), outcome })
  }
  const ends = (name: EndName): void =>
    on(name, (event) => {
      attempt(event.task, name.slice('job:'.length))
      // An attempt of a task that nobody knows did not run.
      if ('reason' in event && event.reason === 'unknown-task') return
      metrics.run.observe({ task: names.of(event.task) }, event.runMs / MS_PER_S)
    })
  for (const name of ['job:succeeded', 'job:retrying', 'job:failed', 'job:cancelled', 'job:snoozed'] as const)
    ends(name)
  on('job:released', ({ task }) => attempt(task, 'released'))
  on('job:lease-lost', ({ task }) => attempt(task, 'lease-lost'))
  on('job:rescued', ({ task, begun }) => {
    metrics.rescued.inc({ task: names.of(task), begun: String(begun) })
  })
  on('job:enqueued', ({ task, outcome }) => metrics.enqueued.inc({ task: names.of(task), outcome }))
  on('job:started', ({ task, waitMs }) => metrics.wait.observe({ task: names.of(task) }, waitMs / MS_PER_S))
  on('schedule:fired', ({ outcome, lagMs }) => {
    metrics.firings.inc({ outcome })
    metrics.lag.observe({}, Math.max(0, lagMs) / MS_PER_S)
  })
  const during = new LabelNames(mostNames)
  on('backend:error', (event) => metrics.storeErrors.inc({ during: during.of(event.during) }))
  on('internal:error', () => metrics.internalErrors.inc({}))
  return () => {
    for (const off of offs.splice(0)) off()
  }
}

interface EventMetrics {
  readonly enqueued: Figure
  readonly attempts: Figure
  readonly rescued: Figure
  readonly wait: Distribution
  readonly run: Distribution
  readonly firings: Figure
  readonly lag: Distribution
  readonly storeErrors: Figure
  readonly internalErrors: Figure
}

function makeMetrics({ library, registry, made }: MetricHome): EventMetrics {
  const { Counter, Histogram } = library
  const options = (name: string, help: string, labelNames: readonly string[]) => {
    made.push(name)
    return { name, help, labelNames, registers: [registry] }
  }
  return {
    enqueued: new Counter(
      options('millrace_jobs_enqueued_total', 'Calls of enqueue in this process.', ['task', 'outcome']),
    ),
    attempts: new Counter(
      options('millrace_attempts_total', 'Attempts that ended in this process.', ['task', 'outcome']),
    ),
    rescued: new Counter(
      options('millrace_jobs_rescued_total', 'Jobs this process took back from dead workers.', [
        'task',
        'begun',
      ]),
    ),
    wait: new Histogram({
      ...options('millrace_job_wait_seconds', 'From when a job was due to its start.', ['task']),
      buckets: WAIT_BUCKETS,
    }),
    run: new Histogram({
      ...options('millrace_job_run_seconds', 'How long attempts ran, whatever their end.', ['task']),
      buckets: RUN_BUCKETS,
    }),
    firings: new Counter(
      options('millrace_schedule_firings_total', 'Firings of schedules by this process.', ['outcome']),
    ),
    lag: new Histogram({
      ...options('millrace_schedule_lag_seconds', 'How late firings of schedules were.', []),
      buckets: LAG_BUCKETS,
    }),
    storeErrors: new Counter(
      options('millrace_backend_errors_total', 'Calls to the store that failed and were repeated.', [
        'during',
      ]),
    ),
    internalErrors: new Counter(
      options('millrace_internal_errors_total', 'Errors of listeners, hooks and duties.', []),
    ),
  }
}
