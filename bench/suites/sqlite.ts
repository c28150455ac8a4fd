/**
 * Millrace on SQLite beside a raw loop on the same file and the closest peer on this store.
 * @module
 */
import { atLeast, atMostTimes, divide, latencyBelow, type Pair, percent, type Ratio } from '../ratio.ts'
import { backlog } from '../scenarios/backlog.ts'
import { enqueueBatch } from '../scenarios/enqueue-batch.ts'
import { enqueueSingle } from '../scenarios/enqueue-single.ts'
import { idle } from '../scenarios/idle.ts'
import { latencyAcrossProcesses } from '../scenarios/latency-across-processes.ts'
import { latencyInProcess } from '../scenarios/latency-in-process.ts'
import { processWith } from '../scenarios/process.ts'
import { workerMemory } from '../scenarios/worker-memory.ts'
import type { Suite } from '../suite.ts'

const raw: Pair = { ours: 'millrace', theirs: 'raw', called: 'the raw loop' }
const plainjob: Pair = { ours: 'millrace', theirs: 'plainjob' }
const ofRaw = (scenario: string): Ratio => atLeast(raw, scenario, 0.6, { show: percent })

const ratios: readonly Ratio[] = [
  ofRaw('enqueue-batch'),
  ofRaw('process-1'),
  ofRaw('process-10'),
  ofRaw('process-100'),
  atLeast(plainjob, 'enqueue-single', 3),
  atLeast(plainjob, 'process-1', 8),
  atLeast(plainjob, 'process-10', 8),
  atLeast(plainjob, 'process-100', 8),
  atMostTimes('millrace', 'claim-1m-waiting', 'claim-10k-waiting'),
  atMostTimes('millrace', 'claim-1m-finished', 'claim-10k-waiting'),
  latencyBelow('millrace', 'latency-across-processes', 'p50Ms', 5),
  latencyBelow('millrace', 'latency-across-processes', 'p99Ms', 20),
  {
    name: 'idle worker',
    target: 'below 0.5 % of a core',
    of: (round) => divide(round('millrace', 'idle')?.cpuMsPerJob, 1000),
    show: (value) => `${(value * 100).toFixed(2)} %`,
    reached: (value) => value < 0.005,
  },
  {
    name: 'worker-memory, growth of the heap',
    target: 'flat: below 4 bytes a job',
    of: (round) => round('millrace', 'worker-memory')?.bytesPerJob ?? null,
    show: (value) => `${value.toFixed(2)} bytes a job`,
    reached: (value) => value < 4,
  },
]

/** The suite of `npm run bench`. */
export const sqliteSuite: Suite = {
  name: 'sqlite',
  systems: ['millrace', 'raw', 'plainjob'],
  scenarios: [
    enqueueBatch,
    enqueueSingle,
    processWith(1),
    processWith(10),
    processWith(100),
    latencyInProcess,
    latencyAcrossProcesses,
    backlog,
    workerMemory,
    idle,
  ],
  ratios,
  sizes: {
    full: {
      jobs: 200_000,
      samples: 300,
      backlog: 1_000_000,
      memoryJobs: 1_000_000,
      idleSeconds: 10,
      warmUpSeconds: 30,
    },
    quick: {
      jobs: 20_000,
      samples: 30,
      backlog: 100_000,
      memoryJobs: 100_000,
      idleSeconds: 1,
      warmUpSeconds: 1,
    },
  },
  packages: ['better-sqlite3'],
}
