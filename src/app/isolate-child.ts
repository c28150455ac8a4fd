/**
 * Entry of the children that isolated handlers run in, as a thread and as a process. It loads the app's
 * module for its first attempt, and starts nothing of the app.
 * @module
 */
import { fileURLToPath } from 'node:url'
import { isMainThread, Worker } from 'node:worker_threads'
import { type AnyTask, InvalidPayloadError } from '../contract/index.ts'
import { openParentLine } from './isolate-channel.ts'
import { decodeThrown, encodeThrown } from './isolate-errors.ts'
import { findTask } from './isolate-find.ts'
import { createRemoteJob, type RemoteJob } from './isolate-job.ts'
import { MEMORY_MARGIN_MIB, type ToChild, toMiB, type WireResult } from './isolate-protocol.ts'
import { becomeIsolatedChild } from './isolate-role.ts'
import { toPlain } from './isolate-values.ts'
import type { WatchdogOrders } from './isolate-watchdog-thread.ts'
import { loadModule } from './load-module.ts'

type RunMessage = Extract<ToChild, { type: 'run' }>

const line = openParentLine()
const watchdog = isMainThread ? startWatchdog() : null
let current: { readonly run: number; readonly remote: RemoteJob } | null = null
let task: AnyTask | null = null

becomeIsolatedChild()
process.on('uncaughtException', (error) => line.last({ type: 'crash', error: encodeThrown(error) }, 1))
line.listen(receive)

function receive(message: ToChild): void {
  if (message.type === 'run') void attempt(message)
  else if (message.type === 'end') process.exit(0)
  else if (current?.run !== message.run) return
  else if (message.type === 'abort') current.remote.abort(decodeThrown(message.reason))
  else if (message.type === 'once') current.remote.settleOnce(message.call, message.result)
  else void current.remote.perform(message.call)
}

async function attempt(message: RunMessage): Promise<void> {
  const { run, job, input } = message
  const remote = createRemoteJob(run, job, (sent) => {
    // What a handler leaves behind may call its job after its end; nobody listens any more.
    if (current?.run === run) line.send(sent)
  })
  current = { run, remote }
  let result: WireResult
  try {
    task ??= await load(message)
    line.send({ type: 'started', run })
    result = { ok: true, value: toPlain(await task.options.run?.(input, remote.job)) }
  } catch (error) {
    result = { ok: false, error: encodeThrown(error) }
  }
  current = null
  const ending = {
    type: 'done',
    run,
    reusable: task !== null,
    memoryMiB: message.weigh ? weight() : null,
  } as const
  try {
    line.send({ ...ending, result })
  } catch (error) {
    line.send({ ...ending, result: { ok: false, error: encodeThrown(unsendable(error, job.task)) } })
  }
}

async function load({ module, task: name }: RunMessage): Promise<AnyTask> {
  if (isMainThread) process.title = `millrace: ${name}`
  const found = findTask(await loadModule(module), name, fileURLToPath(module))
  const memoryMiB = Number(process.argv[3] ?? 0)
  if (isMainThread && memoryMiB > 0) {
    // Loading is not the handler's doing: the limit is on what comes on top.
    watchdog?.postMessage(process.memoryUsage.rss() + (memoryMiB + MEMORY_MARGIN_MIB) * 1024 * 1024)
  }
  return found
}

/** A process weighs all it has; a thread, whose process is shared, its own heap and buffers. */
function weight(): number {
  if (isMainThread) return toMiB(process.memoryUsage.rss())
  const { heapTotal, external } = process.memoryUsage()
  return toMiB(heapTotal + external)
}

function unsendable(error: unknown, name: string): InvalidPayloadError {
  const reason = error instanceof Error ? error.message : String(error)
  return new InvalidPayloadError(
    `The output of task "${name}" cannot leave its isolated child: ${reason}. Return plain JSON values.`,
    [{ path: '', message: reason }],
    { task: name, cause: error },
  )
}

function startWatchdog(): Worker {
  const workerData: WatchdogOrders = { parentPid: Number(process.argv[2]) }
  const worker = new Worker(new URL('./isolate-watchdog-thread.js', import.meta.url), {
    workerData,
    // Neither loaders nor much memory: this thread does nothing but look.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  })
  worker.unref()
  return worker
}
