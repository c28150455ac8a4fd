/**
 * Runs a measurement in a child process on a temporary file, and leaves nothing behind.
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MeasureAnswer, MeasureOrder } from './measure-child.ts'
import type { Measured } from './row.ts'
import type { Scenario, Sizes } from './scenario.ts'
import type { Synchronous, SystemName } from './system.ts'

const CHILD = fileURLToPath(new URL('./measure-child.ts', import.meta.url))
/** A measurement that takes longer hangs. */
const LONGEST_MS = 180_000

/** Measures one system in one scenario. @throws Error where the child fails or takes too long. */
export async function measure(
  scenario: Scenario,
  system: SystemName,
  settings: { readonly synchronous: Synchronous; readonly sizes: Sizes },
): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
  try {
    const order: MeasureOrder = {
      ...settings,
      scenario: scenario.name,
      system,
      file: join(folder, 'bench.db'),
    }
    // The parent's own flags load TypeScript.
    const execArgv = [...process.execArgv, ...(scenario.nodeFlags ?? [])]
    const child = fork(CHILD, [JSON.stringify(order)], { execArgv })
    const answer = await answerOf(child)
    if (answer.ok) return answer.measured
    throw new Error(answer.error)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function answerOf(child: ChildProcess): Promise<MeasureAnswer> {
  return new Promise((resolve) => {
    let answer: MeasureAnswer | undefined
    const fail = (error: string): MeasureAnswer => ({ ok: false, error })
    const timer = setTimeout(() => {
      answer = fail(`took longer than ${LONGEST_MS / 1000} s`)
      child.kill('SIGKILL')
    }, LONGEST_MS)
    child.on('message', (message) => {
      answer = message as MeasureAnswer
    })
    child.on('error', (error) => {
      answer = fail(error.message)
    })
    // Not before it has ended: its files are deleted next.
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve(answer ?? fail(`ended with ${signal ?? `code ${code}`} before it answered`))
    })
  })
}
