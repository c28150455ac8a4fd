/**
 * Running jobs that do nothing, with their records kept: from the worker's start until the last end is stored.
 * @module
 */
import { makeInputs, RunCounter } from '../input.ts'
import { jobsFor, type Scenario, toRow } from '../scenario.ts'
import { storeBytes } from '../store-bytes.ts'
import { stopwatch } from '../timing.ts'

const BATCH = 1000

/** The scenario with so many slots. */
export function processWith(slots: number): Scenario {
  const scenario: Scenario = {
    name: `process-${slots}`,
    systems: { millrace: 1, raw: 1, plainjob: 0.1 },
    repeat: 'each-round',
    async measure(bed) {
      const jobs = jobsFor(scenario, bed)
      const store = await bed.system.open(bed)
      for (const batch of store.batches(makeInputs(jobs), BATCH)) await batch()
      const counter = new RunCounter(jobs)
      const read = stopwatch()
      const working = await store.work({ slots, total: jobs, onRun: counter.count })
      await working.drained
      const reading = read()
      await working.stop()
      const exact = counter.exact && (await store.succeeded()) === jobs
      await store.close()
      const bytes = storeBytes(bed.file)
      return { rows: [toRow(bed, { jobs, reading, exact, bytes })], notes: [] }
    },
  }
  return scenario
}
