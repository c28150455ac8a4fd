/**
 * From the call of enqueue in one process to the start of the handler in another, with nothing else to do.
 * This process is the worker's; `producer-child.ts` is the other one.
 * @module
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { RunCounter } from '../input.ts'
import type { ProducerOrder } from '../producer-child.ts'
import { type Scenario, toRow } from '../scenario.ts'
import { monotonicMs, stopwatch } from '../timing.ts'

const PRODUCER = fileURLToPath(new URL('../producer-child.ts', import.meta.url))

/** p50 and p99 are the latency of one job. */
export const latencyAcrossProcesses: Scenario = {
  name: 'latency-across-processes',
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
    const order: ProducerOrder = {
      system: bed.system.name,
      file: bed.file,
      synchronous: bed.synchronous,
      samples,
    }
    const producer = fork(PRODUCER, [JSON.stringify(order)])
    const exited = once(producer, 'exit')
    const read = stopwatch()
    const [code] = await exited
    if (code !== 0) throw new Error(`The producer's process ended with code ${code}.`)
    await working.drained
    const reading = read()
    await working.stop()
    await store.close()
    return { rows: [toRow(bed, { jobs: samples, reading, exact: counter.exact, latencies })], notes: [] }
  },
}
