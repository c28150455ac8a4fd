/**
 * `npm run bench`: measures Millrace on SQLite beside a raw loop and its closest peer. See docs/benchmarks.md.
 * @module
 */
import { writeFileSync } from 'node:fs'
import { type Flags, readFlags } from './flags.ts'
import { facts } from './machine.ts'
import { writeFigures } from './markdown.ts'
import { judge } from './ratios.ts'
import { runRounds } from './rounds.ts'
import { figuresTable, toText, verdictsTable } from './table.ts'

const flags = flagsOrExit()
if (typeof flags === 'string') {
  console.log(flags)
} else {
  const about = facts(flags)
  console.log(`${about.join('\n')}\n`)
  const started = performance.now()
  const run = await runRounds(flags, showProgress)
  const verdicts = judge(run)
  showProgress('')
  console.log(toText(figuresTable(run.rows)))
  for (const note of run.notes) console.log(note)
  if (verdicts.length > 0) console.log(`\n${toText(verdictsTable(verdicts))}`)
  console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s in all.`)
  if (flags.json !== null) writeFileSync(flags.json, `${JSON.stringify(run.rows, null, 2)}\n`)
  if (flags.markdown) writeFigures(run, verdicts, about)
  for (const failure of run.failures) console.error(`Failed: ${failure}`)
  // Wrong is a failure; slow is not.
  if (run.failures.length > 0 || run.rows.some(({ exact }) => exact === false)) process.exitCode = 1
}

function flagsOrExit(): Flags | string {
  try {
    return readFlags(process.argv.slice(2))
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exit(2)
  }
}

/** One line that is overwritten on a terminal, else a line each. */
function showProgress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what}`)
  else if (what !== '') process.stderr.write(`${what}\n`)
}
