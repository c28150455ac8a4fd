/**
 * Starts and ends the children that isolated handlers run in: threads and processes behind one face.
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { IsolateRule } from './isolate-options.ts'
import { type FromChild, MEMORY_SIGNAL, type ToChild } from './isolate-protocol.ts'

/** How a child ended, in words that follow "the thread …" or "the process …". */
export interface ChildEnd {
  readonly how: string
  /** What it threw outside any handler, where that is known. */
  readonly error: Error | undefined
}

/** One child. It runs one attempt at a time. */
export interface Child {
  readonly place: 'thread' | 'process'
  /** @throws Error where the message cannot be cloned. A child that has ended ignores it. */
  send(message: ToChild): void
  /** Who gets its messages; whoever runs the current attempt. */
  listener: ((message: FromChild) => void) | null
  /** Ends it at once, whatever it is doing, and resolves when it has ended; this process lives until then. */
  kill(): Promise<ChildEnd>
  /** Resolves once it has ended and all its messages were delivered. */
  readonly ended: Promise<ChildEnd>
  /** Whether it keeps this process alive. */
  hold(busy: boolean): void
}

const ENTRY = new URL('./isolate-child.js', import.meta.url)

/** A pipe is empty this long after its process ended, or somebody else has inherited it. */
const DRAIN_MS = 200

/** Flags of this process that a child must not repeat: they name another program, or a port that is taken. */
const FLAGS_WITH_VALUE = new Set(['-e', '--eval', '-p', '--print', '--input-type', '--watch-path'])
const FOREIGN_FLAGS = /^--(inspect|watch|test|input-type|eval|print)/

/** Starts a child by the task's rule. It loads nothing before its first attempt. */
export function startChild(rule: IsolateRule): Child {
  return rule.place === 'thread' ? startThread(rule) : startProcess(rule)
}

function startThread(rule: IsolateRule): Child {
  const { memoryMiB } = rule
  const worker = new Worker(
    ENTRY,
    memoryMiB === null ? {} : { resourceLimits: { maxOldGenerationSizeMb: memoryMiB } },
  )
  let error: Error | undefined
  worker.on('error', (thrown: Error) => {
    error = thrown
  })
  const ended = new Promise<ChildEnd>((resolve) => {
    worker.on('exit', (code) => resolve({ how: describeThreadEnd(code, error, memoryMiB), error }))
  })
  const child: Child = {
    place: 'thread',
    listener: null,
    send: (message) => worker.postMessage(message),
    kill: async () => {
      await worker.terminate()
      return ended
    },
    ended,
    hold: (busy) => (busy ? worker.ref() : worker.unref()),
  }
  worker.on('message', (message: FromChild) => child.listener?.(message))
  return child
}

function describeThreadEnd(code: number, error: Error | undefined, memoryMiB: number | null): string {
  if (error === undefined) return `exited with code ${code}`
  if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') return `threw "${error.message}"`
  return `ran out of memory${memoryMiB === null ? '' : `: its limit is ${memoryMiB} MiB (isolate.memoryMiB)`}`
}

function startProcess(rule: IsolateRule): Child {
  const { memoryMiB } = rule
  const limit = memoryMiB === null ? [] : [`--max-old-space-size=${memoryMiB}`]
  const forked = fork(fileURLToPath(ENTRY), [String(process.pid), String(memoryMiB ?? 0)], {
    serialization: 'advanced',
    execArgv: [...childFlags(process.execArgv), ...limit],
  })
  const child: Child = {
    place: 'process',
    listener: null,
    send: (message) => {
      // A send to a child that is just ending fails; its end is told to whoever waits, by itself.
      if (forked.connected) forked.send(message, () => {})
    },
    kill: () => {
      child.hold(true)
      forked.kill('SIGKILL')
      return ended
    },
    ended: untilEnded(forked, memoryMiB),
    hold: (busy) => {
      if (busy) {
        forked.ref()
        forked.channel?.ref()
      } else {
        forked.unref()
        forked.channel?.unref()
      }
    },
  }
  const { ended } = child
  forked.on('message', (message) => child.listener?.(message as FromChild))
  return child
}

/** The flags a child process shares with this one, such as loaders and conditions. */
export function childFlags(flags: readonly string[]): string[] {
  const kept: string[] = []
  for (let index = 0; index < flags.length; index += 1) {
    const flag = flags[index] ?? ''
    if (FLAGS_WITH_VALUE.has(flag)) index += 1
    else if (!FOREIGN_FLAGS.test(flag)) kept.push(flag)
  }
  return kept
}

function untilEnded(forked: ChildProcess, memoryMiB: number | null): Promise<ChildEnd> {
  return new Promise((resolve) => {
    let failure: Error | undefined
    forked.on('error', (error) => {
      failure = error
      // It never started, so that no exit will come.
      if (forked.pid === undefined) resolve({ how: `could not be started: ${error.message}`, error })
    })
    forked.on('exit', (code, signal) => {
      const end = { how: describeProcessEnd(code, signal, memoryMiB), error: failure }
      // Messages it sent before its end may still be in the pipe.
      if (!forked.connected) return resolve(end)
      const timer = setTimeout(() => resolve(end), DRAIN_MS)
      forked.once('disconnect', () => {
        clearTimeout(timer)
        resolve(end)
      })
    })
  })
}

function describeProcessEnd(
  code: number | null,
  signal: NodeJS.Signals | null,
  memoryMiB: number | null,
): string {
  // The runtime aborts itself when its heap is full.
  const overLimit = signal === MEMORY_SIGNAL || signal === 'SIGABRT' || code === 134
  if (memoryMiB !== null && overLimit) {
    return `ran out of memory: its limit is ${memoryMiB} MiB (isolate.memoryMiB)`
  }
  if (signal === 'SIGKILL')
    return 'was killed with SIGKILL from outside, as the system does when memory runs out'
  return signal === null ? `exited with code ${code}` : `was killed by ${signal}`
}
