/**
 * Starts processes and looks at them from outside.
 * @module
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** True while the process runs. One that has ended and was not yet collected by its parent does not. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  try {
    // After the name in brackets comes the state; Z is a zombie.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z'
  } catch {
    return process.platform !== 'linux'
  }
}

/** A started program whose standard output is JSON lines with an `event`. */
export interface Program {
  readonly pid: number
  /** All lines so far. */
  readonly said: readonly Said[]
  /** Plain text of standard error so far. */
  readonly remarks: () => string
  /** The `count`th line with this event (from 1), past or future. */
  saying(event: string, count?: number): Promise<Said>
  kill(signal: NodeJS.Signals): void
  /** Exit code; null where a signal ended it. */
  readonly exited: Promise<number | null>
}

/** One line. */
interface Said {
  readonly event?: string
  readonly process?: number
  readonly pid?: number
  readonly line?: string
  readonly how?: string
}

/** Starts a script with Node. */
export function startProgram(script: URL, args: readonly string[]): Program {
  const child = spawn(process.execPath, [fileURLToPath(script), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: Said[] = []
  const waiters = new Set<() => void>()
  let remarks = ''
  createInterface({ input: child.stdout }).on('line', (line) => {
    said.push(line.startsWith('{') ? (JSON.parse(line) as Said) : { line })
    for (const waiter of waiters) waiter()
  })
  child.stderr.on('data', (chunk) => {
    remarks += String(chunk)
  })
  const exited = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)))
  return {
    pid: child.pid ?? 0,
    said,
    remarks: () => remarks,
    exited,
    kill: (signal) => void child.kill(signal),
    saying: (event, count = 1) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = said.filter((line) => line.event === event)[count - 1]
          if (found === undefined) return
          waiters.delete(look)
          resolve(found)
        }
        waiters.add(look)
        look()
        void exited.then(() =>
          reject(new Error(`It ended without "${event}": ${JSON.stringify(said)} ${remarks}`)),
        )
      }),
  }
}
