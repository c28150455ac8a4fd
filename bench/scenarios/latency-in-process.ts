/**
 * From the call of enqueue to the start of the handler, with producer and worker in one process and nothing
 * else to do.
 * @module
 */
import { RunCounter, TEXT } from '../input.ts'
import { othersOf, type Scenario, toRow } from '../scenario.ts'
import { monotonicMs, pause, stopwatch } from '../timing.ts'

/** Pauses between jobs, in ms: long enough for the worker to have nothing to do. */
const SHORTEST_PAUSE = 5
const LONGEST_PAUSE = 25

/** p50 and p99 are the latency of one job. */
export const latencyInProcess: Scenario = {
  name: 'latency-in-process',
  systems: { millrace: 1, plainjob: 1 },
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
    for (let n = 0; n < samples; n++) {
      await pause(randomPause())
      await store.enqueue({ n, at: monotonicMs(), text: TEXT })
    }
    await working.drained
    const reading = read()
    await working.stop()
    await store.close()
    return { rows: [toRow(bed, { jobs: samples, reading, exact: counter.exact, latencies })], notes: [] }
  },
}

/** A pause that keeps no step with anybody's timer. */
export function randomPause(): number {
  return SHORTEST_PAUSE + Math.random() * (LONGEST_PAUSE - SHORTEST_PAUSE)
}
