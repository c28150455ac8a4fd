/**
 * BullMQ on Redis: `addBulk` for batches, one worker with so many slots, records kept, as is its default.
 * @module
 */
import { Queue, Worker } from 'bullmq'
import { countdown, inFlight, parts } from '../calls.ts'
import type { Input } from '../input.ts'
import type { ServerSettings, System } from '../system.ts'

const NAME = 'bench'

/** BullMQ. */
export const bullmq: System<ServerSettings> = {
  name: 'bullmq',
  store: 'redis',
  open: async ({ url }) => {
    // Null is what it asks for in workers: a call waits for the connection instead of failing.
    const { hostname: host, port } = new URL(url)
    const connection = { host, port: Number(port), maxRetriesPerRequest: null }
    const queue = new Queue<Input>(NAME, { connection })
    await queue.waitUntilReady()
    return {
      batches: (inputs, size) =>
        parts(inputs, size).map((batch) => {
          const jobs = batch.map((data) => ({ name: NAME, data }))
          return async () => {
            await queue.addBulk(jobs)
          }
        }),
      singles: (inputs, calls, latencies) => () =>
        inFlight(inputs, calls, latencies, (input) => queue.add(NAME, input)),
      enqueue: async (input) => {
        await queue.add(NAME, input)
      },
      work: async ({ slots, total, onRun }) => {
        const { tick, done } = countdown(total)
        const worker = new Worker<Input>(NAME, async (job) => onRun(job.data), {
          connection,
          concurrency: slots,
        })
        worker.on('error', (error) => console.error(error))
        worker.on('completed', tick)
        await worker.waitUntilReady()
        return { drained: done, stop: () => worker.close() }
      },
      succeeded: () => queue.getCompletedCount(),
      close: () => queue.close(),
    }
  },
}
