/**
 * Bee-Queue: `saveAll` for batches, and without the events between processes, as its documentation advises where
 * nobody listens. Records are kept, as is its default.
 * @module
 */
import Queue from 'bee-queue'
import { countdown, inFlight, parts } from '../calls.ts'
import type { Input } from '../input.ts'
import type { ServerSettings, System } from '../system.ts'

const NAME = 'bench'

/** Bee-Queue. */
export const beeQueue: System<ServerSettings> = {
  name: 'bee-queue',
  store: 'redis',
  open: async ({ url }) => {
    const { hostname: host, port } = new URL(url)
    const settings = {
      redis: { host, port: Number(port) },
      getEvents: false,
      sendEvents: false,
      storeJobs: false,
    }
    const producer = new Queue<Input>(NAME, { ...settings, isWorker: false })
    await producer.ready()
    return {
      batches: (inputs, size) =>
        parts(inputs, size).map((batch) => {
          const jobs = batch.map((input) => producer.createJob(input))
          return async () => {
            const failures = await producer.saveAll(jobs)
            for (const error of failures.values()) throw error
          }
        }),
      singles: (inputs, calls, latencies) => () =>
        inFlight(inputs, calls, latencies, (input) => producer.createJob(input).save()),
      enqueue: async (input) => {
        await producer.createJob(input).save()
      },
      work: async ({ slots, total, onRun }) => {
        const { tick, done } = countdown(total)
        const worker = new Queue<Input>(NAME, settings)
        await worker.ready()
        worker.on('error', (error) => console.error(error))
        worker.on('succeeded', tick)
        worker.process(slots, async (job) => onRun(job.data))
        return { drained: done, stop: () => worker.close() }
      },
      succeeded: async () => (await producer.checkHealth()).succeeded,
      close: () => producer.close(),
    }
  },
}
