/**
 * The CPU time of a worker that has nothing to do, its heartbeat included.
 * @module
 */
import { othersOf, type Scenario, toRow } from '../scenario.ts'
import { pause, stopwatch } from '../timing.ts'

const SLOTS = 10

/** `cpuMsPerJob` is CPU time for each second: 5 ms are 0.5 % of a core. */
export const idle: Scenario = {
  name: 'idle',
  systems: { millrace: 1, plainjob: 1 },
  repeat: 'once',
  async measure(bed) {
    const store = await bed.system.open(bed)
    // plainjob's slots are workers, each of which polls.
    const slots = bed.system.name === 'plainjob' ? 1 : SLOTS
    const working = await store.work({ slots, total: 1, onRun: () => {} })
    await pause(bed.sizes.warmUpSeconds * 1000)
    const read = stopwatch(othersOf(bed, store))
    await pause(bed.sizes.idleSeconds * 1000)
    const reading = read()
    await working.stop()
    await store.close()
    const row = toRow(bed, { jobs: 0, reading, exact: null })
    return { rows: [{ ...row, cpuMsPerJob: reading.cpuMs / reading.seconds }], notes: [] }
  },
}
