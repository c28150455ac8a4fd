/**
 * Runs a measurement in a child process on a temporary file, and leaves nothing behind.
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Flags } from './flags.ts'
import type { MeasureAnswer, MeasureOrder } from './measure-child.ts'
import type { Measured } from './row.ts'
import type { Scenario } from './scenario.ts'
import { DURABILITY_WORDS, type Servers } from './servers.ts'
import { type SystemName, systemEntry } from './systems/index.ts'

const CHILD = fileURLToPath(new URL('./measure-child.ts', import.meta.url))
/** A measurement that takes longer hangs. */
const LONGEST_MS = 180_000

/**
 * Measures one system in one scenario; null where this machine lacks its server.
 * @throws Error where the child fails or takes too long.
 */
export async function measure(
  scenario: Scenario,
  system: SystemName,
  flags: Flags,
  servers: Servers,
): Promise<Measured | null> {
  const { store } = systemEntry(system)
  if (store === 'sqlite') return onFile(scenario, { ...orderFor(scenario, system, flags), server: null })
  const server = await servers.fresh(store)
  if (server === null) return null
  const { url, pid } = server
  const durability = DURABILITY_WORDS[store][flags.durability]
  try {
    return await onFile(scenario, {
      ...orderFor(scenario, system, flags),
      durability,
      server: { store, url, pid },
    })
  } finally {
    await server.remove()
  }
}

function orderFor(
  scenario: Scenario,
  system: SystemName,
  flags: Flags,
): Omit<MeasureOrder, 'file' | 'server'> {
  const { synchronous, sizes, suite } = flags
  return { suite: suite.name, scenario: scenario.name, system, synchronous, durability: synchronous, sizes }
}

async function onFile(scenario: Scenario, order: Omit<MeasureOrder, 'file'>): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
  try {
    // The parent's own flags load TypeScript.
    const execArgv = [...process.execArgv, ...(scenario.nodeFlags ?? [])]
    const child = fork(CHILD, [JSON.stringify({ ...order, file: join(folder, 'bench.db') })], { execArgv })
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
