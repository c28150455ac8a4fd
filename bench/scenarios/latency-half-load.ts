/**
 * From the call of enqueue in one process to the start of the handler in another, at half of what the two can do
 * together. What they can do is measured first, on the same store.
 * @module
 */
import { RunCounter } from '../input.ts'
import { produce } from '../produce.ts'
import { jobsFor, othersOf, type Scenario, toRow } from '../scenario.ts'
import { monotonicMs, stopwatch } from '../timing.ts'

const SLOTS = 100
const SECONDS = 2

/** p50 and p99 are the latency of one job; the rate is what was asked for. */
export const latencyHalfLoad: Scenario = {
  name: 'latency-half-load',
  systems: {
    'millrace-redis': 0.4,
    bullmq: 0.1,
    'bee-queue': 0.3,
    'millrace-postgres': 0.3,
    'graphile-worker': 0.02,
    'pg-boss': 0.03,
  },
  repeat: 'each-round',
  async measure(bed) {
    const store = await bed.system.open(bed)
    const most = jobsFor(latencyHalfLoad, bed)
    let firstAt = 0
    const onRun = (): void => {
      firstAt ||= monotonicMs()
    }
    const trial = await store.work({ slots: SLOTS, total: most, onRun })
    await produce(bed, most, 'full')
    await trial.drained
    const perSecond = (most / (monotonicMs() - firstAt)) * 500
    await trial.stop()

    const jobs = Math.ceil(perSecond * SECONDS)
    const counter = new RunCounter(jobs)
    const latencies = new Float64Array(jobs)
    const working = await store.work({
      slots: SLOTS,
      total: jobs,
      onRun: (input) => {
        latencies[input.n] = monotonicMs() - input.at
        counter.count(input)
      },
    })
    const read = stopwatch(othersOf(bed, store))
    await produce(bed, jobs, { perSecond })
    await working.drained
    const reading = read()
    await working.stop()
    await store.close()
    const row = toRow(bed, { jobs, reading, exact: counter.exact, latencies })
    return { rows: [{ ...row, jobsPerSecond: perSecond }], notes: [] }
  },
}
