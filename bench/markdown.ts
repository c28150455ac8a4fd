/**
 * Writes a run's tables into the documentation, between two marks.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs'
import type { Verdict } from './ratios.ts'
import type { Run } from './rounds.ts'
import { figuresTable, toMarkdown, verdictsTable } from './table.ts'

const PAGE = new URL('../docs/benchmarks.md', import.meta.url)
const START = '<!-- figures: written by npm run bench -- --markdown -->'
const END = '<!-- end of figures -->'

/** Replaces the figures of docs/benchmarks.md. @throws Error where the page lost its marks. */
export function writeFigures(run: Run, verdicts: readonly Verdict[], facts: readonly string[]): void {
  const page = readFileSync(PAGE, 'utf8')
  const [from, to] = [page.indexOf(START), page.indexOf(END)]
  if (from === -1 || to < from) throw new Error(`docs/benchmarks.md lacks "${START}" and "${END}".`)
  const date = new Date().toISOString().slice(0, 10)
  const parts = [
    START,
    [`Measured on ${date}.`, ...facts.map((fact) => `${fact}.`)].join('\n'),
    toMarkdown(verdictsTable(verdicts)),
    toMarkdown(figuresTable(run.rows)),
    run.notes.map((note) => `- ${note}`).join('\n'),
  ]
  const figures = parts.filter((part) => part !== '').join('\n\n')
  writeFileSync(PAGE, `${page.slice(0, from)}${figures}\n\n${page.slice(to)}`)
}
