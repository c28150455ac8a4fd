/**
 * From the call of enqueue in one process to the start of the handler in another, with nothing else to do.
 * @module
 */
import { RunCounter } from '../input.ts'
import { produce } from '../produce.ts'
import { othersOf, type Scenario, toRow } from '../scenario.ts'
import { monotonicMs, stopwatch } from '../timing.ts'

/** p50 and p99 are the latency of one job. */
export const latencyAcrossProcesses: Scenario = {
  name: 'latency-across-processes',
  systems: {
    millrace: 1,
    plainjob: 1,
    'millrace-redis': 1,
    bullmq: 1,
    'bee-queue': 1,
    'millrace-postgres': 1,
    'graphile-worker': 1,
    'graphile-worker-defaults': 1,
    'pg-boss': 1,
  },
  repeat: 'each-round',
  async measure(bed) {
    const { samples } = bed.sizes
    const store = await bed.system.open(bed)
    const counter = new RunCounter(samples)
    const latencies = new Float64Array(samples)
    const working = await store.work({
      slots: 1,
      total: samples,
      onRun: (input) => {
        latencies[input.n] = monotonicMs() - input.at
        counter.count(input)
      },
    })
    const read = stopwatch(othersOf(bed, store))
    await produce(bed, samples, 'pauses')
    await working.drained
    const reading = read()
    await working.stop()
    await store.close()
    return { rows: [toRow(bed, { jobs: samples, reading, exact: counter.exact, latencies })], notes: [] }
  },
}
