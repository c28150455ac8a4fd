/**
 * Runs one worker in this process, from its start to its end.
 * @module
 */
import type { Millrace, Worker, WorkerOptions } from '../../contract/index.ts'
import type { FieldSet } from '../../observe/index.ts'
import { isLogged } from '../../observe/logs/logged.ts'
import { count, many } from '../figures.ts'
import type { Output } from '../output.ts'
import { readOverview, waitingOf } from '../overview.ts'
import { joinSupervisor } from '../supervisor/link.ts'
import { reportEvents } from './report.ts'
import { onStopSignals, type StopSignal } from './stop-signals.ts'

/** How to serve. */
export interface ServeOptions {
  readonly worker: WorkerOptions
  /** Stop once nothing claimable is left. */
  readonly drain: boolean
  readonly verbose: boolean
  /** A line for every step in this field set, instead of lines for people; null: none. */
  readonly log: FieldSet | null
  /** Given the queues it serves, once it has started: says what looks like a slip. */
  readonly onQueues: (queues: readonly string[]) => Promise<void>
}

/** What became of it. */
export interface ServeResult {
  /** Jobs that gave up while it ran. */
  readonly failed: number
}

/** Resolves once the worker has stopped: asked by a signal, by a command through the store, or drained. */
export async function serve(app: Millrace, options: ServeOptions, output: Output): Promise<ServeResult> {
  // A worker waits for a store that is away; who only wants to drain it is told, and does not hang.
  if (options.drain) await app.queues.counts()
  let failed = 0
  let succeeded = 0
  let noted: Promise<void> = Promise.resolve()
  const stopReport = await report(app, options, output)
  const worker = app.worker(options.worker)
  const supervisor = joinSupervisor()
  let stopped: (result: Promise<void>) => void = () => undefined
  const asked = new Promise<void>((resolve) => {
    stopped = resolve
  })
  const undo = [
    stopReport,
    app.events.on('job:failed', () => {
      failed += 1
    }),
    // Only where it is told: a listener on every job costs a busy worker time.
    options.drain
      ? app.events.on('job:succeeded', () => {
          succeeded += 1
        })
      : () => undefined,
    app.events.on('worker:started', ({ queues }) => {
      // A store that has gone away meanwhile is reported by the worker itself.
      noted = options.onQueues(queues).catch(() => undefined)
    }),
    onStopSignals((signal) => {
      sayStopping(worker, signal, output)
      stopped(worker.stop())
    }),
    onQuietSignal(() => worker.quiet()),
  ]
  try {
    // A stop during the start, while the store is down, must not wait for the store.
    await Promise.race([worker.start().then(() => supervisor?.ready()), asked])
    await Promise.race([options.drain ? drain(app, worker, output) : worker.stopped, asked])
    await worker.stopped
    if (options.drain) {
      await noted
      output.text(`${many(succeeded, 'job')} succeeded, ${count(failed)} failed.`)
    }
    return { failed }
  } finally {
    for (const stop of undo) stop()
    supervisor?.leave()
  }
}

/** Says what happens, unless the config has it logged already: nothing is said twice. */
async function report(app: Millrace, { log, verbose }: ServeOptions, output: Output): Promise<() => void> {
  if (log !== null) {
    const { logEvents } = await import('../../observe/index.ts')
    return logEvents(app, { fields: log })
  }
  return isLogged(app.events) ? () => undefined : reportEvents(app.events, output, verbose)
}

async function drain(app: Millrace, worker: Worker, output: Output): Promise<void> {
  await worker.idle()
  await worker.stop()
  const waiting = waitingOf((await readOverview(app)).totals)
  if (waiting > 0) output.note(`${many(waiting, 'job')} left for a later time, for other queues, or paused.`)
}

function sayStopping(worker: Worker, signal: StopSignal, output: Output): void {
  const { busy } = worker.health()
  output.record({ event: 'command:stopping', at: Date.now(), signal, busy })
  const wait = busy === 0 ? 'no attempt is running' : `waiting for ${many(busy, 'running attempt')}`
  output.text(`${output.style('yellow', `${signal}:`)} stopping, ${wait}. A second signal exits at once.`)
}

/** For a deployment that wants the old workers to take no more before the new ones start. */
function onQuietSignal(quiet: () => void): () => void {
  if (process.platform === 'win32') return () => undefined
  process.on('SIGUSR2', quiet)
  return () => void process.off('SIGUSR2', quiet)
}
