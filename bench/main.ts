/**
 * `npm run bench`: measures Millrace beside a raw loop and its peers. See docs/benchmarks.md.
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Flags, readFlags } from './flags.ts'
import { facts } from './machine.ts'
import { writeFigures } from './markdown.ts'
import { judge } from './ratios.ts'
import { type Run, runRounds } from './rounds.ts'
import { Servers } from './servers.ts'
import { figuresTable, toText, verdictsTable } from './table.ts'

const flags = await flagsOrExit()
if (typeof flags === 'string') {
  console.log(flags)
} else {
  const about = facts(flags)
  console.log(`${about.join('\n')}\n`)
  const started = performance.now()
  const run = await runAndTidy(flags)
  const verdicts = judge(flags.suite.ratios, run)
  showProgress('')
  console.log(toText(figuresTable(run.rows)))
  for (const note of run.notes) console.log(note)
  if (verdicts.length > 0) console.log(`\n${toText(verdictsTable(verdicts))}`)
  console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s in all.`)
  if (flags.json !== null) writeFileSync(flags.json, `${JSON.stringify(run.rows, null, 2)}\n`)
  if (flags.markdown) writeFigures(flags.suite.name, run, verdicts, about)
  for (const failure of run.failures) console.error(`Failed: ${failure}`)
  // Wrong is a failure; slow is not.
  if (run.failures.length > 0 || run.rows.some(({ exact }) => exact === false)) process.exitCode = 1
}

async function flagsOrExit(): Promise<Flags | string> {
  try {
    return await readFlags(process.argv.slice(2))
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exit(2)
  }
}

/** Measures, and leaves nothing behind, however it ends. */
async function runAndTidy(flags: Flags): Promise<Run> {
  const servers = new Servers(flags.durability)
  const folder = temporaryFolder()
  const tidy = async (): Promise<void> => {
    await servers.close()
    rmSync(folder, { recursive: true, force: true })
  }
  // The child that measures ends when it hears no more from this process.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void tidy().finally(() => process.exit(130)))
  }
  try {
    return await runRounds(flags, servers, showProgress)
  } finally {
    await tidy()
  }
}

/** One line that is overwritten on a terminal, else a line each. */
function showProgress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what}`)
  else if (what !== '') process.stderr.write(`${what}\n`)
}

/** Everything that the run and its children store lies in it. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  process.env.TMPDIR = folder
  return folder
}
