/**
 * Storing jobs in batches of 1,000, one batch after the other. Afterwards, off the clock, they are run.
 * @module
 */
import { makeInputs, RunCounter } from '../input.ts'
import { jobsFor, othersOf, type Scenario, toRow } from '../scenario.ts'
import { serverGrowth } from '../server-bytes.ts'
import { storeBytes } from '../store-bytes.ts'
import { monotonicMs, stopwatch } from '../timing.ts'

const BATCH = 1000

/** p50 and p99 are of one batch. */
export const enqueueBatch: Scenario = {
  name: 'enqueue-batch',
  systems: {
    millrace: 1,
    raw: 1,
    plainjob: 0.2,
    'millrace-redis': 1,
    'raw-redis': 2,
    bullmq: 0.4,
    'bee-queue': 1,
    sidekiq: 0.5,
    celery: 0.03,
    'millrace-postgres': 1,
    'raw-postgres': 2,
    'graphile-worker': 0.7,
    'pg-boss': 0.7,
  },
  repeat: 'each-round',
  async measure(bed) {
    const jobs = jobsFor(enqueueBatch, bed)
    const store = await bed.system.open(bed)
    const batches = store.batches(makeInputs(jobs), BATCH)
    const growth = await serverGrowth(bed.server)
    const latencies = new Float64Array(batches.length)
    const read = stopwatch(othersOf(bed, store))
    for (const [index, batch] of batches.entries()) {
      const at = monotonicMs()
      await batch()
      latencies[index] = monotonicMs() - at
    }
    const reading = read()
    const waitingBytes = await growth()
    const counter = new RunCounter(jobs)
    await store.boot?.(10)
    const working = await store.work({ slots: 10, total: jobs, onRun: counter.count })
    await working.drained
    await working.stop()
    await store.close()
    const bytes = waitingBytes ?? storeBytes(bed.file)
    return { rows: [toRow(bed, { jobs, reading, exact: counter.exact, latencies, bytes })], notes: [] }
  },
}
