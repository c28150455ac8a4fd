/**
 * Runs the command: as a process of the built package, or inside the test's own process.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { runCommandLine } from '../../src/cli/program.ts'

/** The built command. */
export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** What a run printed, and how it ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A running command. */
export interface Running {
  readonly child: ChildProcess
  /** What standard output has so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  readonly ended: Promise<Ended>
  /** Resolves once standard output or standard error matches. @throws where it ends first. */
  sees(pattern: RegExp): Promise<void>
}

/** How to start a process. */
export interface StartOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

/** Starts the built command. */
export function start(args: readonly string[], options: StartOptions): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: options.cwd,
    env: { ...withoutColor(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data: Buffer) => {
    stdout += data
  })
  child.stderr.on('data', (data: Buffer) => {
    stderr += data
  })
  child.stdin.end(options.input ?? '')
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr }) as Ended)
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    sees: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pattern.test(stdout + stderr)) return
          child.stdout.off('data', look)
          child.stderr.off('data', look)
          resolve()
        }
        child.stdout.on('data', look)
        child.stderr.on('data', look)
        look()
        ended.then(() => reject(new Error(`It ended without ${pattern}:\n${stdout}\n${stderr}`)), reject)
      }),
  }
}

/** Runs the built command to its end. */
export function run(args: readonly string[], options: StartOptions): Promise<Ended> {
  return start(args, options).ended
}

/** How to run inside this process. */
export interface HereOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  readonly terminal?: boolean
}

/** Runs the command inside this process, without colours of its own accord. */
export async function here(args: readonly string[], options: HereOptions = {}): Promise<Ended> {
  const written = { stdout: '', stderr: '' }
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text
    },
    isTTY: options.terminal === true,
    columns: 120,
    rows: 40,
  })
  const stdin = Object.assign(Readable.from([options.input ?? '']), { isTTY: false })
  const code = await runCommandLine(args, {
    stdin,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
  })
  return { code, signal: null, ...written }
}

/** The lines of JSON in a text. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

function withoutColor(): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _force, NO_COLOR: _no, ...env } = process.env
  return env
}
