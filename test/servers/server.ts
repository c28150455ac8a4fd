/**
 * Starts a real server for tests, and makes sure that none outlives them.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { sleep } from '../../src/kit/sleep.ts'

/** What to start, and how to see that it answers. */
export interface ServerOptions {
  /** For messages. */
  readonly name: string
  /** Path of the program. */
  readonly command: string
  readonly args: readonly string[]
  /** Rejects as long as the server does not answer. */
  readonly ready: () => Promise<unknown>
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Another user to run as, for servers that refuse root. */
  readonly uid?: number
  readonly gid?: number
  /** What asks it to end in good order; SIGTERM by default. */
  readonly stopSignal?: NodeJS.Signals
  /** How long it may take to answer, in ms; 15,000 by default. */
  readonly timeoutMs?: number
}

/** A server that runs. */
export interface RunningServer {
  readonly pid: number
  /** What it printed so far. */
  output(): string
  /** Ends it in good order, with force after 5 s; harmless when it has ended. */
  stop(): Promise<void>
  /** SIGKILL, as an operating system does that is out of memory. */
  kill(): Promise<void>
  /** Sends any signal, such as SIGSTOP for a server that hangs. */
  signal(signal: NodeJS.Signals): void
}

// The server runs under a shell that kills it as soon as this process is gone, however it went: a test runner that
// is killed runs no exit handlers. The shell notices because its standard input is a pipe from here.
const GUARDED = `
exec 4<&0
"$@" </dev/null 3>&- 4<&- &
server=$!
echo "$server" >&3
exec 3>&-
( read -r _; kill -KILL "$server" ) <&4 >/dev/null 2>&1 &
guard=$!
wait "$server"
code=$?
kill "$guard" 2>/dev/null
exit "$code"`

/** Starts a server and waits until it answers. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const child = spawn('/bin/sh', ['-c', GUARDED, options.name, options.command, ...options.args], {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  })
  const printed: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      printed.push(chunk.toString())
      if (printed.length > 500) printed.shift()
    })
  }
  const server = running(child, await pidOf(child, options), printed, options.stopSignal ?? 'SIGTERM')
  try {
    await answers(child, options, server)
  } catch (error) {
    await server.kill()
    throw error
  }
  return server
}

async function pidOf(child: ChildProcess, { name }: ServerOptions): Promise<number> {
  const [line] = await Promise.race([once(child.stdio[3] as Readable, 'data'), once(child, 'exit')])
  const pid = Number.parseInt(String(line), 10)
  if (!(pid > 1)) throw new Error(`${name} could not be started`)
  return pid
}

function running(
  child: ChildProcess,
  pid: number,
  printed: readonly string[],
  stopSignal: NodeJS.Signals,
): RunningServer {
  const ended = () => child.exitCode !== null || child.signalCode !== null
  const signal = (name: NodeJS.Signals) => {
    if (!ended()) process.kill(pid, name)
  }
  const gone = async (limitMs: number) => {
    if (!ended()) await Promise.race([once(child, 'exit'), sleep(limitMs)])
    return ended()
  }
  const kill = async () => {
    signal('SIGKILL')
    await gone(5_000)
  }
  return {
    pid,
    output: () => printed.join(''),
    kill,
    signal,
    async stop() {
      signal(stopSignal)
      if (!(await gone(5_000))) await kill()
    },
  }
}

async function answers(child: ChildProcess, options: ServerOptions, server: RunningServer): Promise<void> {
  const until = Date.now() + (options.timeoutMs ?? 15_000)
  for (;;) {
    try {
      await options.ready()
      return
    } catch (error) {
      const over = child.exitCode !== null || Date.now() > until
      if (over) throw new Error(`${options.name} does not answer:\n${server.output()}`, { cause: error })
    }
    await sleep(25)
  }
}
