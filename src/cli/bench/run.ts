/**
 * Measures a store in a queue of its own, and cleans up whatever happens.
 * @module
 */
import { setImmediate as pause } from 'node:timers/promises'
import type { Backend, Millrace } from '../../contract/index.ts'
import { newId } from '../../kit/ids.ts'
import { resultOf, type ScenarioResult } from './scenario.ts'

/** How much to measure. */
export interface BenchOptions {
  readonly jobs: number
  readonly slots: number
  /** Bytes of each job's input. */
  readonly payload: number
  readonly signal: AbortSignal
  readonly onProgress: (scenario: string) => void
}

interface Bench extends BenchOptions {
  readonly app: Millrace
  readonly queue: string
  /** Runs of each job, by id. */
  readonly runs: Map<string, number>
  readonly enqueue: (count: number) => Promise<void>
  readonly enqueueOne: () => Promise<string>
  /** Called when a job starts. */
  onRun: ((id: string) => void) | null
}

const CHUNK = 1_000
const IN_FLIGHT = 100
const LATENCY_SAMPLES = 200

/** Runs all scenarios in order. @throws the signal's reason where it aborts. */
export async function runBench(backend: Backend, options: BenchOptions): Promise<readonly ScenarioResult[]> {
  const bench = await prepare(backend, options)
  try {
    const results = [await measureBatch(bench), await measureSingle(bench)]
    results.push(await measureWork(bench))
    results.push(await measureLatency(bench))
    return results
  } finally {
    options.onProgress('cleaning up')
    await cleanUp(backend, bench.queue)
  }
}

async function prepare(backend: Backend, options: BenchOptions): Promise<Bench> {
  const { millrace } = await import('../../app/millrace.ts')
  const { task } = await import('../../engine/task.ts')
  const queue = `millrace-bench-${newId()}`
  const input = 'x'.repeat(Math.max(0, options.payload - 2))
  const runs = new Map<string, number>()
  const measured = task('millrace-bench', {
    queue,
    retry: false,
    run(_input: string, job) {
      runs.set(job.id, (runs.get(job.id) ?? 0) + 1)
      bench.onRun?.(job.id)
    },
  })
  const app = millrace({ backend, tasks: [measured] })
  const bench: Bench = {
    ...options,
    app,
    queue,
    runs,
    onRun: null,
    enqueue: async (count) =>
      void (await app.enqueueMany(
        measured,
        Array.from({ length: count }, () => input),
      )),
    enqueueOne: async () => (await app.enqueue(measured, input)).id,
  }
  return bench
}

async function measureBatch(bench: Bench): Promise<ScenarioResult> {
  bench.onProgress('enqueue in batches')
  const samplesMs: number[] = []
  const started = performance.now()
  for (let done = 0; done < bench.jobs; done += CHUNK) {
    bench.signal.throwIfAborted()
    const begun = performance.now()
    await bench.enqueue(Math.min(CHUNK, bench.jobs - done))
    samplesMs.push(performance.now() - begun)
    // A store in this very process answers without a pause, and a signal would wait for the end.
    await pause()
  }
  return resultOf('enqueue-batch', { jobs: bench.jobs, ms: performance.now() - started, samplesMs })
}

async function measureSingle(bench: Bench): Promise<ScenarioResult> {
  bench.onProgress('enqueue one by one')
  const jobs = Math.max(1, Math.round(bench.jobs / 5))
  const samplesMs: number[] = []
  let begun = 0
  const caller = async (): Promise<void> => {
    while (begun < jobs) {
      bench.signal.throwIfAborted()
      begun += 1
      const at = performance.now()
      await bench.enqueueOne()
      samplesMs.push(performance.now() - at)
      if (begun % CHUNK === 0) await pause()
    }
  }
  const started = performance.now()
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller))
  return resultOf('enqueue-single', { jobs, ms: performance.now() - started, samplesMs })
}

async function measureWork(bench: Bench): Promise<ScenarioResult> {
  bench.onProgress('process')
  const worker = bench.app.worker({
    slots: bench.slots,
    queues: [bench.queue],
    maintenance: false,
    schedules: false,
  })
  const jobs = bench.jobs + Math.max(1, Math.round(bench.jobs / 5))
  const started = performance.now()
  await worker.start()
  try {
    await orAbort(worker.idle(), bench.signal)
    const ms = performance.now() - started
    const exact = bench.runs.size === jobs && [...bench.runs.values()].every((runs) => runs === 1)
    return resultOf('process', { jobs, ms, exact })
  } finally {
    await worker.stop({ grace: 1_000 })
  }
}

async function measureLatency(bench: Bench): Promise<ScenarioResult> {
  bench.onProgress('latency')
  const worker = bench.app.worker({
    slots: bench.slots,
    queues: [bench.queue],
    maintenance: false,
    schedules: false,
  })
  await worker.start()
  const samplesMs: number[] = []
  const started = performance.now()
  try {
    for (let sample = 0; sample < LATENCY_SAMPLES; sample += 1) {
      bench.signal.throwIfAborted()
      const run = new Promise<void>((resolve) => {
        bench.onRun = () => resolve()
      })
      const at = performance.now()
      await bench.enqueueOne()
      await orAbort(run, bench.signal)
      samplesMs.push(performance.now() - at)
    }
    const ms = performance.now() - started
    await orAbort(worker.idle(), bench.signal)
    const exact = [...bench.runs.values()].every((runs) => runs === 1)
    return resultOf('latency', { jobs: LATENCY_SAMPLES, ms, samplesMs, exact })
  } finally {
    bench.onRun = null
    await worker.stop({ grace: 1_000 })
  }
}

/** Deletes what the bench stored. A worker that was stopped has given back what it held. */
async function cleanUp(backend: Backend, queue: string): Promise<void> {
  const { records } = backend
  if (records === undefined) return
  for (;;) {
    const page = await records.list({ queues: [queue] }, { limit: 1_000, order: 'oldest', after: null })
    if (page.jobs.length === 0) return
    const receipts = await records.delete(page.jobs.map((job) => job.id))
    if (receipts.some((receipt) => receipt.outcome === 'done')) continue
    throw new Error(
      `The jobs of the queue ${queue} could not be deleted: they still run. Delete the queue's jobs later.`,
    )
  }
}

async function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  let onAbort: () => void = () => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort)
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
