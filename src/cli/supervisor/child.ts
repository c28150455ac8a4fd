/**
 * One process under a supervisor.
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process'
import { childFlags } from '../../app/isolate-children.ts'
import type { TextStream } from '../shell.ts'
import { markForPeople, markForPrograms, relayLines } from './lines.ts'
import { isLinkMessage, SUPERVISED } from './link.ts'

/** How a process is started. */
export interface ChildCommand {
  /** The script that Node runs. */
  readonly script: string
  readonly argv: readonly string[]
  readonly json: boolean
  /** Whether its lines are marked, as where there are several. */
  readonly marked: boolean
  readonly stdout: TextStream
  readonly stderr: TextStream
}

/** How a process ended. */
export interface ChildExit {
  /** Its exit code; 1 where a signal ended it. */
  readonly code: number
  readonly signal: NodeJS.Signals | null
  /** In words that follow "process 2 …". */
  readonly how: string
}

/** A started process. */
export interface SupervisedChild {
  readonly pid: number | null
  /** True once it claims jobs; false where it ended before. */
  readonly ready: Promise<boolean>
  readonly exited: Promise<ChildExit>
  /** Called about once a second with the memory it holds, in MiB. */
  onMemory: ((mib: number) => void) | null
  kill(signal: NodeJS.Signals): void
}

/** What a process wrote last is waited for so long after its end, in ms; a process of its own may hold the pipe. */
const DRAIN_MS = 500

/** Starts a process in place number `process`. */
export function startSupervisedChild(process: number, command: ChildCommand): SupervisedChild {
  const forked = fork(command.script, command.argv, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: childFlags(globalThis.process.execArgv),
    env: { ...globalThis.process.env, ...colors(command), [SUPERVISED]: '1' },
  })
  const exited = untilExited(forked)
  let isReady: (ready: boolean) => void = () => {}
  const ready = new Promise<boolean>((resolve) => {
    isReady = resolve
  })
  void exited.then(() => isReady(false))
  const child: SupervisedChild = {
    pid: forked.pid ?? null,
    ready,
    exited,
    onMemory: null,
    kill: (signal) => void forked.kill(signal),
  }
  forked.on('message', (message) => {
    if (!isLinkMessage(message)) return
    if (message.millrace === 'ready') isReady(true)
    else child.onMemory?.(message.mib)
  })
  relay(forked, process, command)
  return child
}

function relay(forked: ChildProcess, process: number, command: ChildCommand): void {
  const { stdout, stderr, json, marked } = command
  const mark = json ? markForPrograms(process) : marked ? markForPeople(process) : (line: string) => line
  if (forked.stdout !== null) relayLines(forked.stdout, stdout, mark)
  if (forked.stderr !== null) relayLines(forked.stderr, stderr, json ? (line) => line : mark)
}

/** A pipe is no terminal, so that a process behind it has to be told that somebody watches. */
function colors({ stdout, json }: ChildCommand): { FORCE_COLOR?: string } {
  const { FORCE_COLOR, NO_COLOR, TERM } = process.env
  if (
    json ||
    stdout.isTTY !== true ||
    FORCE_COLOR !== undefined ||
    (NO_COLOR ?? '') !== '' ||
    TERM === 'dumb'
  )
    return {}
  return { FORCE_COLOR: '1' }
}

function untilExited(forked: ChildProcess): Promise<ChildExit> {
  return new Promise((resolve) => {
    forked.on('error', (error) => {
      if (forked.pid === undefined)
        resolve({ code: 1, signal: null, how: `could not be started: ${error.message}` })
    })
    forked.on('exit', (code, signal) => {
      const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`
      const exit: ChildExit = { code: code ?? 1, signal, how }
      const timer = setTimeout(() => resolve(exit), DRAIN_MS)
      forked.once('close', () => {
        clearTimeout(timer)
        resolve(exit)
      })
    })
  })
}
