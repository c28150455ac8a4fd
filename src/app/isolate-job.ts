/**
 * The job as a handler in a child sees it: what it asks for is done by the worker.
 * @module
 */
import {
  type Duration,
  type Job,
  type JobLog,
  type JobLogLine,
  type JobMeta,
  UnsupportedFacetError,
} from '../contract/index.ts'
import { Snooze } from '../engine/throwables.ts'
import { decodeThrown, encodeThrown } from './isolate-errors.ts'
import type { FromChild, JobFacts, WireResult } from './isolate-protocol.ts'
import { toPlain } from './isolate-values.ts'

/** A job whose calls cross to the worker. */
export interface RemoteJob {
  readonly job: Job
  /** Aborts the job's signal. */
  abort(reason: unknown): void
  /** Runs the function that was given to `once` in this call. */
  perform(call: number): Promise<void>
  /** Ends a `once` call. */
  settleOnce(call: number, result: WireResult): void
}

interface OnceCall {
  readonly fn: () => unknown
  readonly settle: (result: WireResult) => void
  /** What the function threw here: it comes back as itself, not as a copy. */
  thrown?: unknown
}

/** Makes the job of one attempt. */
export function createRemoteJob(run: number, facts: JobFacts, send: (message: FromChild) => void): RemoteJob {
  const controller = new AbortController()
  const calls = new Map<number, OnceCall>()
  let lastCall = 0

  function once<T>(
    key: string,
    fn: () => T | Promise<T>,
    options?: { onInterrupt?: 'throw' | 'rerun' },
  ): Promise<T> {
    lastCall += 1
    const call = lastCall
    return new Promise<T>((resolve, reject) => {
      const entry: OnceCall = {
        fn,
        settle: (result) => {
          if (result.ok) resolve(result.value as T)
          else reject('thrown' in entry ? entry.thrown : decodeThrown(result.error))
        },
      }
      calls.set(call, entry)
      send({ type: 'once', run, call, key, onInterrupt: options?.onInterrupt })
    })
  }

  async function perform(call: number): Promise<void> {
    const entry = calls.get(call)
    if (entry === undefined) return
    try {
      send({ type: 'performed', run, call, result: { ok: true, value: toPlain(await entry.fn()) } })
    } catch (error) {
      entry.thrown = error
      send({ type: 'performed', run, call, result: { ok: false, error: encodeThrown(error) } })
    }
  }

  const { createdAt, ...same } = facts
  const job: Job = {
    ...same,
    createdAt: new Date(createdAt),
    signal: controller.signal,
    log: remoteLog(run, send),
    progress: (percent, note) => send({ type: 'progress', run, percent, note }),
    once,
    snooze: (delay: Duration): never => {
      throw new Snooze({ delay })
    },
    in: () => refuseTransaction(facts.task),
    transaction: () => refuseTransaction(facts.task),
    enqueue: () => refuseEnqueue(facts.task),
    enqueueMany: () => refuseEnqueue(facts.task),
  }
  return {
    job,
    abort: (reason) => controller.abort(reason),
    perform,
    settleOnce: (call, result) => {
      calls.get(call)?.settle(result)
      calls.delete(call)
    },
  }
}

function remoteLog(run: number, send: (message: FromChild) => void): JobLog {
  const write = (level: JobLogLine['level']) => (message: string, fields?: JobMeta) =>
    send({
      type: 'log',
      run,
      level,
      message,
      fields: fields === undefined ? undefined : (toPlain(fields) as JobMeta),
    })
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}

function refuseEnqueue(task: string): never {
  throw new UnsupportedFacetError(
    `job.enqueue() does not work in an isolated handler (task "${task}"), which has no store of its own. Import the app and call its enqueue(), run the task without \`isolate\`, or enqueue the next job where this one's output is used.`,
  )
}

function refuseTransaction(task: string): never {
  throw new UnsupportedFacetError(
    `job.in() and job.transaction() do not work in an isolated handler (task "${task}"): the worker that settles the job cannot reach a connection of its child. Run the task without \`isolate\`, or return the output and let the worker settle it.`,
  )
}
