/**
 * Millrace on any backend, through its public doors and the built package: what is measured is what ships.
 * @module
 */
import { type Backend, millrace, task } from 'millrace'
import { memory } from 'millrace/memory'
import { inFlight, parts } from '../calls.ts'
import type { Input } from '../input.ts'
import type { OpenSystem, WorkOrder } from '../system.ts'

/**
 * Loads the modules that the package loads with its first worker, since the loader that runs the bench from its sources
 * makes that several times slower. The measured worker starts as any does.
 */
async function loadWorker(): Promise<void> {
  const app = millrace({ backend: memory(), tasks: [task('none', { run: () => {} })] })
  const worker = app.worker()
  await worker.start()
  await worker.stop()
  await app.close()
}

/** Millrace with its defaults, except that no record is pruned while it is measured. */
export function openMillrace(backend: Backend): OpenSystem {
  let onRun: (input: Input) => void = () => {}
  const measured = task('bench', {
    // For jobs that a scenario lets fail: they are due again at once.
    retry: { attempts: 5, delay: 0 },
    run: async (input: Input) => onRun(input),
  })
  const app = millrace({ backend, tasks: [measured], retention: { succeeded: 'forever' } })

  return {
    batches: (inputs, size) =>
      parts(inputs, size).map((batch) => async () => {
        await app.enqueueMany(measured, batch)
      }),
    singles: (inputs, calls, latencies) => () =>
      inFlight(inputs, calls, latencies, (input) => app.enqueue(measured, input)),
    enqueue: async (input) => {
      await app.enqueue(measured, input)
    },
    boot: loadWorker,
    work: (order) => work(order),
    succeeded: async () => {
      const counts = await app.queues.counts()
      return counts.reduce((sum, { state, count }) => sum + (state === 'succeeded' ? count : 0), 0)
    },
    close: () => app.close(),
  }

  async function work(order: WorkOrder) {
    let succeeded = 0
    let resolveRun: () => void = () => {}
    const ran = new Promise<void>((resolve) => {
      resolveRun = resolve
    })
    onRun = (input) => {
      order.onRun(input)
      succeeded += 1
      if (succeeded === order.total) resolveRun()
    }
    const worker = app.worker({ slots: order.slots })
    await worker.start()
    return { drained: ran.then(() => worker.idle()), stop: () => worker.stop() }
  }
}
