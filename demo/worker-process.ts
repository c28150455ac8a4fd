/**
 * Worker processes, started as a user starts them: with the command line.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const config = fileURLToPath(new URL('./millrace.config.ts', import.meta.url))

/** A running worker process. */
export interface WorkerProcess {
  readonly pid: number
  kill(signal: NodeJS.Signals): void
  readonly exited: Promise<void>
}

/** Starts `millrace work` on the demo's configuration. What it prints is shown only where it ends by itself with an error. */
export function startWorker(environment: Record<string, string>): WorkerProcess {
  const child: ChildProcess = spawn(process.execPath, [cli, 'work', '--config', config], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (piece: Buffer) => {
      printed.push(piece.toString())
      if (printed.length > 200) printed.shift()
    })
  }
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      if (code !== null && code !== 0)
        process.stderr.write(`\nA worker ended with code ${code}:\n${printed.join('')}\n`)
      resolve()
    })
  })
  if (child.pid === undefined) throw new Error('The worker process could not be started')
  return { pid: child.pid, kill: (signal) => child.kill(signal), exited }
}
