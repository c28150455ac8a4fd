/**
 * graphile-worker, once with the settings its page on performance gives for throughput, and once with its defaults.
 * It deletes a job that succeeded: there are no records to keep.
 * @module
 */
import { type AddJobFunction, Logger, makeWorkerUtils, run } from 'graphile-worker'
import pg from 'pg'
import { countdown, inFlight, parts, until } from '../calls.ts'
import type { Input } from '../input.ts'
import type { OpenSystem, ServerSettings, System } from '../system.ts'

const TASK = 'bench'
const silent = new Logger(() => () => {})

/** Jobs fetched at once, and ends stored together. */
const BATCHED: GraphileConfig.WorkerOptions = {
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
}

/** At its best. */
export const graphileWorker: System<ServerSettings> = {
  name: 'graphile-worker',
  store: 'postgres',
  open: ({ url }) => openGraphileWorker(url, BATCHED),
}

/** A query for each fetch and each end. */
export const graphileWorkerDefaults: System<ServerSettings> = {
  name: 'graphile-worker-defaults',
  store: 'postgres',
  open: ({ url }) => openGraphileWorker(url, {}),
}

async function openGraphileWorker(url: string, options: GraphileConfig.WorkerOptions): Promise<OpenSystem> {
  const pgPool = new pg.Pool({ connectionString: url, max: 12 })
  // It asks for both.
  pgPool.on('error', (error) => console.error(error))
  pgPool.on('connect', (client) => client.on('error', (error) => console.error(error)))
  const utils = await makeWorkerUtils({ pgPool, logger: silent })
  await utils.migrate()
  let stored = 0
  const remaining = async (): Promise<number> => {
    const { rows } = await pgPool.query<{ jobs: number }>(
      'SELECT count(*)::int AS jobs FROM graphile_worker._private_jobs',
    )
    return rows[0]?.jobs ?? 0
  }
  const addJob: AddJobFunction = (name, payload) => {
    stored += 1
    return utils.addJob(name, payload)
  }
  return {
    batches: (inputs, size) =>
      parts(inputs, size).map((batch) => {
        const jobs = batch.map((payload) => ({ identifier: TASK, payload }))
        return async () => {
          await utils.addJobs(jobs)
          stored += jobs.length
        }
      }),
    singles: (inputs, calls, latencies) => () =>
      inFlight(inputs, calls, latencies, (input) => addJob(TASK, input)),
    enqueue: async (input) => {
      await addJob(TASK, input)
    },
    work: async ({ slots, total, onRun }) => {
      const { tick, done } = countdown(total)
      const runner = await run({
        pgPool,
        logger: silent,
        noHandleSignals: true,
        taskList: {
          [TASK]: async (payload) => {
            onRun(payload as Input)
            tick()
          },
        },
        preset: { worker: { ...options, concurrentJobs: slots } },
      })
      return {
        // It stores ends behind its back, and then deletes the jobs.
        drained: done.then(() => until(async () => (await remaining()) <= Math.max(0, stored - total))),
        stop: () => runner.stop(),
      }
    },
    succeeded: async () => stored - (await remaining()),
    close: async () => {
      await utils.release()
      await pgPool.end()
    },
  }
}
