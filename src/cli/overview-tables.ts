/**
 * The tables of queues and workers.
 * @module
 */
import { JOB_STATES, type JobState, type WorkerRecord } from '../contract/index.ts'
import { bytes, count, relative, stateStyle } from './figures.ts'
import type { Output } from './output.ts'
import type { Overview, QueueRow } from './overview.ts'
import { type Column, renderTable } from './table.ts'

/** Queues by state, and a line of totals where there is more than one queue. */
export function queueTable(overview: Overview, style: Output['style']): string[] {
  if (overview.queues.length === 0) return [style('dim', 'No queues yet.')]
  const total: QueueRow = { queue: 'total', paused: false, counts: overview.totals, servedBy: [] }
  const rows = overview.queues.length > 1 ? [...overview.queues, total] : overview.queues
  const columns: Column<QueueRow>[] = [
    { title: 'queue', value: (row) => row.queue, max: 32, style: (row) => (row === total ? 'bold' : null) },
    ...JOB_STATES.map((state) => stateColumn(state)),
    {
      title: 'workers',
      align: 'right',
      value: (row) => (row === total ? count(overview.workers.length) : count(row.servedBy.length)),
    },
    { title: '', value: (row) => (row.paused ? 'paused' : ''), style: () => 'yellow' },
  ]
  return renderTable(rows, columns, style)
}

function stateColumn(state: JobState): Column<QueueRow> {
  return {
    title: state,
    align: 'right',
    value: (row) => count(row.counts[state]),
    style: (row) => (row.counts[state] === 0 ? 'dim' : stateStyle(state)),
  }
}

/** Live workers. */
export function workerTable(workers: readonly WorkerRecord[], now: number, style: Output['style']): string[] {
  if (workers.length === 0) return [style('dim', 'No worker is running. Start one with `millrace work`.')]
  const columns: Column<WorkerRecord>[] = [
    { title: 'worker', value: (worker) => worker.id, max: 40 },
    { title: 'busy', align: 'right', value: (worker) => `${worker.busy}/${worker.slots}` },
    { title: 'memory', align: 'right', value: (worker) => bytes(worker.memoryBytes) },
    { title: 'started', align: 'right', value: (worker) => relative(worker.startedAt, now) },
    { title: 'seen', align: 'right', value: (worker) => relative(worker.seenAt, now) },
    { title: 'queues', value: (worker) => worker.queues.join(', '), max: 40 },
    { title: '', value: (worker) => (worker.quiet ? 'quiet' : ''), style: () => 'yellow' },
  ]
  return renderTable(workers, columns, style)
}
