/**
 * Tables for a terminal: aligned columns, no frame.
 * @module
 */
import type { Output, TextStyle } from './output.ts'
import { oneLine, shorten } from './printable.ts'

/** One column of a table. */
export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string
  readonly align?: 'left' | 'right'
  readonly style?: (row: Row) => TextStyle | null
  /** Longest text; more is cut. Default 60. */
  readonly max?: number
}

/** The lines of a table, the heading first. */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  style: Output['style'],
): string[] {
  const cells = rows.map((row) =>
    columns.map((column) => shorten(oneLine(column.value(row)), column.max ?? 60)),
  )
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...cells.map((line) => [...(line[index] ?? '')].length)),
  )
  const heading = columns.map((column, index) => pad(column.title, widths[index] ?? 0, column.align))
  const lines = [style('dim', heading.join('  ').trimEnd())]
  for (const [at, row] of rows.entries()) {
    const parts = columns.map((column, index) => {
      const text = pad(cells[at]?.[index] ?? '', widths[index] ?? 0, column.align)
      const paint = column.style?.(row) ?? null
      return paint === null ? text : style(paint, text)
    })
    lines.push(parts.join('  ').trimEnd())
  }
  return lines
}

/** The lines of a list of names and values, the names in one column. */
export function renderPairs(pairs: readonly (readonly [string, string])[], style: Output['style']): string[] {
  const width = Math.max(0, ...pairs.map(([name]) => name.length))
  return pairs.map(([name, value]) => `${style('dim', name.padEnd(width))}  ${value}`)
}

function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - [...text].length))
  return align === 'right' ? space + text : text + space
}
