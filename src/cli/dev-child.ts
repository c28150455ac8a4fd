/**
 * The worker that `millrace dev` starts, stops and starts again.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Output } from './output.ts'

/** A child that can be replaced. */
export interface Restarter {
  /** Stops the child, if there is one, and starts a new one. Calls that come meanwhile are one more restart. */
  restart(): Promise<void>
  /** Stops the child for good. */
  stop(): Promise<void>
}

/** Makes it; nothing runs yet. `args` are arguments of this very command. */
export function restarter(args: readonly string[], output: Output): Restarter {
  let child: ChildProcess | null = null
  let again = false
  let ended = false
  let turn: Promise<void> | null = null

  const end = async (): Promise<void> => {
    const running = child
    child = null
    if (running === null || running.exitCode !== null || running.signalCode !== null) return
    const exited = once(running, 'exit')
    running.kill('SIGTERM')
    await exited
  }

  const begin = (): void => {
    const script = process.argv[1] ?? ''
    const started = spawn(process.execPath, [...process.execArgv, script, ...args], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    child = started
    started.on('exit', (code, signal) => {
      if (child !== started) return
      child = null
      output.record({ event: 'command:exited', at: Date.now(), code, signal })
      output.text(
        `${output.style('yellow', 'exited')} with ${signal ?? `code ${code}`}; waiting for a change`,
      )
    })
    started.on('error', (error) => output.note(`The worker could not be started: ${error.message}`))
  }

  const run = async (): Promise<void> => {
    do {
      again = false
      await end()
    } while (again)
    if (!ended) begin()
  }

  return {
    async restart() {
      if (turn !== null) {
        again = true
        return turn
      }
      turn = run().finally(() => {
        turn = null
      })
      return turn
    },
    async stop() {
      ended = true
      if (turn !== null) await turn
      await end()
    },
  }
}
