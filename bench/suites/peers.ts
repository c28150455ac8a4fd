/**
 * Millrace on Redis and on Postgres beside a raw loop on each and the job systems that people use there.
 * @module
 */
import {
  atLeast,
  atLeastOfItself,
  atMost,
  atMostTimes,
  latencyBelow,
  type Pair,
  percent,
  type Ratio,
} from '../ratio.ts'
import { backlogOnServer } from '../scenarios/backlog-on-server.ts'
import { enqueueBatch } from '../scenarios/enqueue-batch.ts'
import { enqueueSingle } from '../scenarios/enqueue-single.ts'
import { latencyAcrossProcesses } from '../scenarios/latency-across-processes.ts'
import { latencyHalfLoad } from '../scenarios/latency-half-load.ts'
import { processFailing, processWith } from '../scenarios/process.ts'
import type { Suite } from '../suite.ts'

const REDIS = 'millrace-redis'
const POSTGRES = 'millrace-postgres'
const LATENCY = 'latency-across-processes'

const onRedis = (theirs: string): Pair => ({ ours: REDIS, theirs })
const onPostgres = (theirs: string): Pair => ({ ours: POSTGRES, theirs })

/** The targets of the project for its servers. */
const ratios: readonly Ratio[] = [
  atLeast(onRedis('bullmq'), 'enqueue-batch', 5, { aim: 10 }),
  atLeast(onRedis('bee-queue'), 'enqueue-batch', 1.5, { aim: 3 }),
  atLeast(onRedis('bullmq'), 'enqueue-single', 3, { aim: 6 }),
  atLeast(onRedis('bee-queue'), 'enqueue-single', 1.2),
  atLeast(onRedis('bullmq'), 'process-100', 6, { aim: 10 }),
  atLeast(onRedis('bee-queue'), 'process-100', 4),
  atLeast(onRedis('sidekiq'), 'process-100', 10),
  atLeast(onRedis('celery'), 'process-100', 30),
  atLeast(onRedis('raw-redis'), 'process-100', 0.35, { show: percent, aim: 0.6 }),
  atMost(onRedis('bullmq'), LATENCY, 'p50Ms', 1, 0.5),
  latencyBelow(REDIS, LATENCY, 'p99Ms', 3, `${REDIS}: ${LATENCY}`),
  atMost(onRedis('bullmq'), 'enqueue-batch', 'bytesPerJob', 0.5, 0.33),
  atLeast(onPostgres('graphile-worker'), 'enqueue-batch', 2, { aim: 4 }),
  atLeast(onPostgres('pg-boss'), 'enqueue-batch', 2),
  atLeast(onPostgres('graphile-worker'), 'enqueue-single', 10, { aim: 20 }),
  atLeast(onPostgres('graphile-worker'), 'process-100', 1.5, { aim: 2.5 }),
  atLeast(onPostgres('graphile-worker-defaults'), 'process-1', 10),
  atLeast(onPostgres('pg-boss'), 'process-100', 2),
  atLeast(onPostgres('raw-postgres'), 'process-100', 0.35, { show: percent, aim: 0.6 }),
  atMost(onPostgres('graphile-worker'), LATENCY, 'p50Ms', 1, 0.5),
  latencyBelow(POSTGRES, LATENCY, 'p99Ms', 8, `${POSTGRES}: ${LATENCY}`),
  ...[REDIS, POSTGRES].flatMap((system) => [
    atMostTimes(system, 'claim-1m-waiting', 'claim-10k-waiting', `${system}: claim-1m-waiting`, 1.1),
    atLeastOfItself(system, 'process-100-failing', 'process-100', 0.7, 0.9),
  ]),
]

/** The suite of `npm run bench -- --peers`. */
export const peersSuite: Suite = {
  name: 'peers',
  systems: [
    'millrace-redis',
    'raw-redis',
    'bullmq',
    'bee-queue',
    'sidekiq',
    'celery',
    'millrace-postgres',
    'raw-postgres',
    'graphile-worker',
    'graphile-worker-defaults',
    'pg-boss',
  ],
  scenarios: [
    enqueueBatch,
    enqueueSingle,
    processWith(1),
    processWith(10),
    processWith(100),
    processFailing,
    latencyAcrossProcesses,
    latencyHalfLoad,
    backlogOnServer,
  ],
  ratios,
  sizes: {
    full: {
      jobs: 100_000,
      samples: 200,
      backlog: 1_000_000,
      memoryJobs: 0,
      idleSeconds: 0,
      warmUpSeconds: 0,
    },
    quick: {
      jobs: 5_000,
      samples: 20,
      backlog: 20_000,
      memoryJobs: 0,
      idleSeconds: 0,
      warmUpSeconds: 0,
    },
  },
  packages: ['bullmq', 'bee-queue', 'graphile-worker', 'pg-boss', 'ioredis', 'pg'],
}
