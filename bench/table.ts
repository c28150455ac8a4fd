/**
 * Tables for terminals and for Markdown.
 * @module
 */
import type { Verdict } from './ratios.ts'
import type { Row } from './row.ts'

/** Cells as text; the first line is the head. */
export type Table = readonly (readonly string[])[]

/** The figures. */
export function figuresTable(rows: readonly Row[]): Table {
  // A column of its own only where there are servers.
  const server = rows.some(({ serverCpuMsPerJob }) => serverCpuMsPerJob !== null)
  const head = [
    'scenario',
    'system',
    'jobs',
    'jobs/s',
    'p50 ms',
    'p99 ms',
    'bytes/job',
    'CPU ms/job',
    ...(server ? ['server CPU ms/job'] : []),
    'exact',
  ]
  return [
    head,
    ...rows.map((row) => [
      row.scenario,
      row.system,
      whole(row.jobs),
      row.jobs === 0 ? '' : whole(row.jobsPerSecond),
      decimals(row.p50Ms, 3),
      decimals(row.p99Ms, 3),
      decimals(row.bytesPerJob, row.bytesPerJob !== null && row.bytesPerJob < 10 ? 2 : 0),
      decimals(row.cpuMsPerJob, 4),
      ...(server ? [decimals(row.serverCpuMsPerJob, 4)] : []),
      row.exact === null ? '' : row.exact ? 'yes' : 'NO',
    ]),
  ]
}

/** The ratios and whether their targets were reached. */
export function verdictsTable(verdicts: readonly Verdict[]): Table {
  const head = ['ratio', 'target', 'measured', 'by CPU time', 'verdict']
  return [
    head,
    ...verdicts.map(({ name, target, value, byCpu, reached }) => [
      name,
      target,
      value,
      byCpu,
      reached ? 'reached' : 'NOT REACHED',
    ]),
  ]
}

/** Lines of a table with columns of even width; numbers stand to the right. */
export function toText(table: Table): string {
  const widths = widthsOf(table)
  return table
    .map((row) =>
      row
        .map((cell, column) =>
          isNumber(cell) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Lines of a Markdown table. */
export function toMarkdown(table: Table): string {
  const [head = [], ...rows] = table
  const numeric = head.map((_, column) => rows.every((row) => isNumber(row[column] ?? '')))
  const rule = numeric.map((right) => (right ? '---:' : '---'))
  return [head, rule, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

function widthsOf(table: Table): number[] {
  return (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length)))
}

function isNumber(cell: string): boolean {
  return cell === '' || /^-?[\d,.]+$/.test(cell)
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function decimals(value: number | null, digits: number): string {
  if (value === null) return ''
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
