/**
 * Storing jobs one by one, 100 calls in flight. Afterwards, off the clock, they are run.
 * @module
 */
import { makeInputs, RunCounter } from '../input.ts'
import { jobsFor, othersOf, type Scenario, toRow } from '../scenario.ts'
import { serverGrowth } from '../server-bytes.ts'
import { storeBytes } from '../store-bytes.ts'
import { stopwatch } from '../timing.ts'

const IN_FLIGHT = 100

/** p50 and p99 are of one call. */
export const enqueueSingle: Scenario = {
  name: 'enqueue-single',
  systems: {
    millrace: 0.5,
    raw: 0.5,
    plainjob: 0.1,
    'millrace-redis': 0.7,
    bullmq: 0.3,
    'bee-queue': 0.7,
    'millrace-postgres': 0.5,
    'graphile-worker': 0.05,
    'pg-boss': 0.07,
  },
  repeat: 'each-round',
  async measure(bed) {
    const jobs = jobsFor(enqueueSingle, bed)
    const store = await bed.system.open(bed)
    const growth = await serverGrowth(bed.server)
    const latencies = new Float64Array(jobs)
    const enqueueAll = store.singles(makeInputs(jobs), IN_FLIGHT, latencies)
    const read = stopwatch(othersOf(bed, store))
    await enqueueAll()
    const reading = read()
    const waitingBytes = await growth()
    const counter = new RunCounter(jobs)
    const working = await store.work({ slots: 10, total: jobs, onRun: counter.count })
    await working.drained
    await working.stop()
    await store.close()
    const bytes = waitingBytes ?? storeBytes(bed.file)
    return { rows: [toRow(bed, { jobs, reading, exact: counter.exact, latencies, bytes })], notes: [] }
  },
}
