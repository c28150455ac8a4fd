/**
 * The memory of a worker's process over a million jobs, which must not grow with the jobs it has run.
 * @module
 */
import { RunCounter } from '../input.ts'
import { type Scenario, toRow } from '../scenario.ts'
import { fill, openMillraceFile } from '../systems/millrace-file.ts'
import { stopwatch } from '../timing.ts'

const SLOTS = 100
/** Samples over the run. The first half warms up: compiled code, the page cache of SQLite. */
const SAMPLES = 40
const MIB = 1024 * 1024

/** `bytesPerJob` is the growth of the heap in use, after collection, over the second half of the run. */
export const workerMemory: Scenario = {
  name: 'worker-memory',
  systems: { millrace: 1 },
  repeat: 'once',
  nodeFlags: ['--expose-gc'],
  async measure(bed) {
    const jobs = bed.sizes.memoryJobs
    const database = await openMillraceFile(bed)
    fill(database, { finished: 0, waiting: jobs })
    database.close()
    const store = await bed.system.open(bed)
    const counter = new RunCounter(jobs)
    const samples: NodeJS.MemoryUsage[] = []
    let runs = 0
    const read = stopwatch()
    const working = await store.work({
      slots: SLOTS,
      total: jobs,
      onRun: (input) => {
        counter.count(input)
        runs += 1
        if (runs % Math.floor(jobs / SAMPLES) === 0) {
          globalThis.gc?.()
          samples.push(process.memoryUsage())
        }
      },
    })
    await working.drained
    const reading = read()
    await working.stop()
    const exact = counter.exact && (await store.succeeded()) === jobs
    await store.close()
    const middle = quarter(samples, 1)
    const end = quarter(samples, 3)
    const row = toRow(bed, { jobs, reading, exact })
    // From the middle of the second quarter to the middle of the fourth: half of the jobs.
    const bytesPerJob = (end.heap - middle.heap) / (jobs / 2)
    const growth = (from: number, to: number): string =>
      `${(from / MIB).toFixed(1)} to ${(to / MIB).toFixed(1)} MiB`
    const note = `worker-memory: from the second to the last quarter of ${jobs.toLocaleString('en')} jobs the heap went from ${growth(middle.heap, end.heap)}, the process from ${growth(middle.rss, end.rss)}.`
    return { rows: [{ ...row, bytesPerJob }], notes: [note] }
  },
}

/** Means of a quarter of the samples, 0 to 3. */
function quarter(samples: readonly NodeJS.MemoryUsage[], index: number): { heap: number; rss: number } {
  const size = samples.length / 4
  const own = samples.slice(Math.floor(index * size), Math.floor((index + 1) * size))
  const mean = (of: (usage: NodeJS.MemoryUsage) => number): number =>
    own.reduce((sum, usage) => sum + of(usage), 0) / own.length
  return { heap: mean(({ heapUsed, external }) => heapUsed + external), rss: mean(({ rss }) => rss) }
}
