/**
 * plainjob, the closest peer on SQLite, as its README sets it up: better-sqlite3, WAL, no log lines.
 * It has one job in flight for each worker, so `slots` workers run in the process.
 * @module
 */
import Database from 'better-sqlite3'
import { better, defineQueue, defineWorker, JobStatus, type Logger } from 'plainjob'
import type { Input } from '../input.ts'
import type { OpenSettings, OpenSystem, System, WorkOrder } from '../system.ts'
import { monotonicMs } from '../timing.ts'

/** Its own default is 1 s; with the shortest one its latency is at its best. */
const POLL_MS = 1
const TYPE = 'bench'

/** plainjob 0.0.14. */
export const plainjob: System = {
  name: 'plainjob',
  store: 'sqlite better-sqlite3',
  open: async (settings) => openPlainjob(settings),
}

const silent: Logger = { error: console.error, warn: console.error, info: () => {}, debug: () => {} }

function openPlainjob({ file, synchronous }: OpenSettings): OpenSystem {
  const database = new Database(file)
  const queue = defineQueue({ connection: better(database), logger: silent })
  // It has set "normal" itself.
  database.pragma(`synchronous = ${synchronous}`)
  return {
    batches: (inputs, size) =>
      Array.from({ length: Math.ceil(inputs.length / size) }, (_, index) => {
        const batch = inputs.slice(index * size, (index + 1) * size)
        return () => {
          queue.addMany(TYPE, batch)
        }
      }),
    // `add` is synchronous: nothing is ever in flight beside it.
    singles: (inputs, _inFlight, latencies) => async () => {
      for (const [index, input] of inputs.entries()) {
        const at = monotonicMs()
        queue.add(TYPE, input)
        latencies[index] = monotonicMs() - at
      }
    },
    enqueue: (input) => {
      queue.add(TYPE, input)
    },
    work: async (order) => {
      let done = 0
      let resolveDrained: () => void = () => {}
      const drained = new Promise<void>((resolve) => {
        resolveDrained = resolve
      })
      const onCompleted = (): void => {
        done += 1
        if (done === order.total) resolveDrained()
      }
      const workers = Array.from({ length: order.slots }, () => makeWorker(order, onCompleted))
      const running = workers.map((worker) => worker.start())
      return {
        drained,
        stop: async () => {
          await Promise.all(workers.map((worker) => worker.stop()))
          await Promise.all(running)
        },
      }
    },
    succeeded: async () => queue.countJobs({ status: JobStatus.Done }),
    close: async () => queue.close(),
  }

  function makeWorker(order: WorkOrder, onCompleted: () => void) {
    return defineWorker(TYPE, async ({ data }) => order.onRun(JSON.parse(data) as Input), {
      queue,
      logger: silent,
      pollIntervall: POLL_MS,
      onCompleted,
    })
  }
}
