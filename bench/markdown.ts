/**
 * Writes a run's tables into the documentation, between two marks.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs'
import type { Verdict } from './ratios.ts'
import type { Run } from './rounds.ts'
import type { SuiteName } from './suite.ts'
import { figuresTable, toMarkdown, verdictsTable } from './table.ts'

const PAGE = new URL('../docs/benchmarks.md', import.meta.url)
const MARKS = {
  sqlite: ['<!-- figures: written by npm run bench -- --markdown -->', '<!-- end of figures -->'],
  peers: [
    '<!-- figures of servers: written by npm run bench -- --peers --markdown -->',
    '<!-- end of figures of servers -->',
  ],
} as const

/** Replaces the figures of docs/benchmarks.md. @throws Error where the page lost its marks. */
export function writeFigures(
  suite: SuiteName,
  run: Run,
  verdicts: readonly Verdict[],
  facts: readonly string[],
): void {
  const [start, end] = MARKS[suite]
  const page = readFileSync(PAGE, 'utf8')
  const [from, to] = [page.indexOf(start), page.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`docs/benchmarks.md lacks "${start}" and "${end}".`)
  const date = new Date().toISOString().slice(0, 10)
  const parts = [
    start,
    [`Measured on ${date}.`, ...facts.map((fact) => `${fact}.`)].join('\n'),
    toMarkdown(verdictsTable(verdicts)),
    toMarkdown(figuresTable(run.rows)),
    run.notes.map((note) => `- ${note}`).join('\n'),
  ]
  const figures = parts.filter((part) => part !== '').join('\n\n')
  writeFileSync(PAGE, `${page.slice(0, from)}${figures}\n\n${page.slice(to)}`)
}
