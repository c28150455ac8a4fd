/**
 * The live view as lines of text; pure, so that it can be looked at without a terminal.
 * @module
 */
import type { JobView } from '../../contract/index.ts'
import { bytes, count, relative, stateStyle } from '../figures.ts'
import type { Output } from '../output.ts'
import { type QueueRow, waitingOf } from '../overview.ts'
import { workerTable } from '../overview-tables.ts'
import { oneLine, shorten } from '../printable.ts'
import { type Column, renderTable } from '../table.ts'
import type { Frame } from './frame.ts'

/** All lines of a frame, however many. */
export function viewLines(frame: Frame, style: Output['style']): string[] {
  const { info, totals } = frame
  const size = info.sizeBytes === null ? '' : `  ${bytes(info.sizeBytes)}`
  const clock = new Date(frame.at).toTimeString().slice(0, 8)
  const summary = [
    `${count(waitingOf(totals))} waiting`,
    `${count(totals.active)} active`,
    `${perSecond(frame.rates.enqueued)} in/s`,
    `${perSecond(frame.rates.finished)} out/s`,
    `${count(totals.failed)} failed`,
  ]
  return [
    `${style('bold', 'millrace')}  ${oneLine(info.location)}${size}  ${style('dim', clock)}`,
    summary.join(style('dim', '  ·  ')),
    '',
    ...queueLines(frame, style),
    '',
    ...workerTable(frame.workers, frame.at, style),
    ...failureLines(frame.failures, frame.at, style),
  ]
}

/** The lines that fit, the last one a foot line about keys. Long lines are cut by the terminal, not wrapped. */
export function fitToScreen(lines: readonly string[], foot: string, rows: number): string[] {
  const room = Math.max(0, rows - 1)
  const body = lines.length <= room ? lines : [...lines.slice(0, Math.max(0, room - 1)), '…']
  return [...body, ...Array.from({ length: room - body.length }, () => ''), foot]
}

function queueLines(frame: Frame, style: Output['style']): string[] {
  if (frame.queues.length === 0) return [style('dim', 'No queues yet.')]
  const columns: Column<QueueRow>[] = [
    { title: 'queue', value: (row) => row.queue, max: 28 },
    ...(['pending', 'scheduled', 'retrying', 'active', 'succeeded', 'failed'] as const).map(
      (state): Column<QueueRow> => ({
        title: state,
        align: 'right',
        value: (row) => count(row.counts[state]),
        style: (row) => (row.counts[state] === 0 ? 'dim' : stateStyle(state)),
      }),
    ),
    { title: 'out/s', align: 'right', value: (row) => perSecond(frame.queueRates[row.queue] ?? null) },
    { title: '', value: (row) => (row.paused ? 'paused' : ''), style: () => 'yellow' },
  ]
  return renderTable(frame.queues, columns, style)
}

function failureLines(failures: readonly JobView[], now: number, style: Output['style']): string[] {
  if (failures.length === 0) return []
  const line = (job: JobView): string => {
    const when = relative(job.finishedAt ?? job.createdAt, now)
    const error = job.error === null ? (job.reason ?? '') : `${job.error.name}: ${job.error.message}`
    return `${style('dim', when.padStart(12))}  ${style('red', oneLine(job.task))}  ${shorten(oneLine(error), 100)}`
  }
  return ['', style('bold', 'latest failures'), ...failures.map(line)]
}

function perSecond(rate: number | null): string {
  if (rate === null) return '-'
  return rate >= 10 || rate === 0 ? count(Math.round(rate)) : rate.toFixed(1)
}
