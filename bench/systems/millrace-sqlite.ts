/**
 * Millrace on SQLite, through its public doors and the built package: what is measured is what ships.
 * @module
 */
import { millrace, task } from 'millrace'
import { sqlite } from 'millrace/sqlite'
import type { Input } from '../input.ts'
import type { OpenSettings, OpenSystem, System, WorkOrder } from '../system.ts'
import { monotonicMs } from '../timing.ts'

/** Millrace with its defaults, except that no record is pruned while it is measured. */
export const millraceSqlite: System = {
  name: 'millrace',
  store: 'sqlite better-sqlite3',
  open: async (settings) => openMillrace(settings),
}

function openMillrace({ file, synchronous }: OpenSettings): OpenSystem {
  let onRun: (input: Input) => void = () => {}
  const measured = task('bench', { run: async (input: Input) => onRun(input) })
  const app = millrace({
    backend: sqlite({ file, synchronous, binding: 'better-sqlite3' }),
    tasks: [measured],
    retention: { succeeded: 'forever' },
  })

  return {
    batches: (inputs, size) =>
      Array.from({ length: Math.ceil(inputs.length / size) }, (_, index) => {
        const batch = inputs.slice(index * size, (index + 1) * size)
        return async () => {
          await app.enqueueMany(measured, batch)
        }
      }),
    singles: (inputs, inFlight, latencies) => async () => {
      let next = 0
      const caller = async (): Promise<void> => {
        while (next < inputs.length) {
          const index = next++
          const at = monotonicMs()
          await app.enqueue(measured, inputs[index] as Input)
          latencies[index] = monotonicMs() - at
        }
      }
      await Promise.all(Array.from({ length: inFlight }, caller))
    },
    enqueue: async (input) => {
      await app.enqueue(measured, input)
    },
    work: (order) => work(order),
    succeeded: async () => {
      const counts = await app.queues.counts()
      return counts.reduce((sum, { state, count }) => sum + (state === 'succeeded' ? count : 0), 0)
    },
    close: () => app.close(),
  }

  async function work(order: WorkOrder) {
    let runs = 0
    let resolveRun: () => void = () => {}
    const ran = new Promise<void>((resolve) => {
      resolveRun = resolve
    })
    onRun = (input) => {
      order.onRun(input)
      runs += 1
      if (runs === order.total) resolveRun()
    }
    const worker = app.worker({ slots: order.slots })
    await worker.start()
    return { drained: ran.then(() => worker.idle()), stop: () => worker.stop() }
  }
}
