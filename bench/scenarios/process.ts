/**
 * Running jobs that do nothing, with their records kept: from the worker's start until the last end is stored.
 * @module
 */
import { type Input, makeInputs, RunCounter } from '../input.ts'
import { type Bed, jobsFor, othersOf, type Scenario, toRow } from '../scenario.ts'
import { serverGrowth } from '../server-bytes.ts'
import { storeBytes } from '../store-bytes.ts'
import { stopwatch } from '../timing.ts'

const BATCH = 1000

/** The scenario with so many slots. */
export function processWith(slots: number): Scenario {
  const scenario: Scenario = {
    name: `process-${slots}`,
    systems: {
      // On a file 200,000 take but a second, of which the start of a worker is a noticeable part.
      millrace: 2,
      raw: 2,
      plainjob: 0.1,
      'millrace-redis': 1,
      'raw-redis': 1,
      bullmq: slots === 1 ? 0.1 : 0.3,
      'bee-queue': slots === 1 ? 0.1 : 0.4,
      ...(slots === 1 ? {} : { sidekiq: 0.3, celery: 0.03 }),
      'millrace-postgres': 1,
      'raw-postgres': 1,
      'graphile-worker': 0.5,
      'graphile-worker-defaults': slots === 1 ? 0.01 : 0.03,
      'pg-boss': 0.5,
    },
    repeat: 'each-round',
    measure: (bed) => measureProcess(bed, scenario, slots, () => {}),
  }
  return scenario
}

/** The same with 100 slots, where each tenth job fails at first and is due again at once. */
export const processFailing: Scenario = {
  name: 'process-100-failing',
  systems: { 'millrace-redis': 1, 'millrace-postgres': 1 },
  repeat: 'each-round',
  measure: (bed) => {
    const failed = new Set<number>()
    return measureProcess(bed, processFailing, 100, ({ n }) => {
      if (n % 10 !== 0 || failed.has(n)) return
      failed.add(n)
      throw new Error('as asked')
    })
  },
}

async function measureProcess(bed: Bed, scenario: Scenario, slots: number, mayFail: (input: Input) => void) {
  const jobs = jobsFor(scenario, bed)
  const store = await bed.system.open(bed)
  const growth = await serverGrowth(bed.server)
  for (const batch of store.batches(makeInputs(jobs), BATCH)) await batch()
  const counter = new RunCounter(jobs)
  await store.boot?.(slots)
  const read = stopwatch(othersOf(bed, store))
  const working = await store.work({
    slots,
    total: jobs,
    onRun: (input) => {
      mayFail(input)
      counter.count(input)
    },
  })
  await working.drained
  const reading = read()
  await working.stop()
  const exact = counter.exact && (await store.succeeded()) === jobs
  const finishedBytes = await growth()
  await store.close()
  const bytes = finishedBytes ?? storeBytes(bed.file)
  return { rows: [toRow(bed, { jobs, reading, exact, bytes })], notes: [] }
}
