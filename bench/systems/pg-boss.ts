/**
 * pg-boss: `insert` for batches; a worker that takes 500 jobs at a time and, as long as there are any, looks again at
 * once by `notifyWorker` instead of waiting for its poll, which is every half second at best. Records are kept.
 * @module
 */
import pg from 'pg'
import PgBoss from 'pg-boss'
import { countdown, inFlight, parts, until } from '../calls.ts'
import type { Input } from '../input.ts'
import type { ServerSettings, System } from '../system.ts'

const QUEUE = 'bench'
const BATCH = 500

/** pg-boss. */
export const pgBoss: System<ServerSettings> = {
  name: 'pg-boss',
  store: 'postgres',
  open: async ({ url }) => {
    const boss = new PgBoss({ connectionString: url, max: 12, schedule: false })
    boss.on('error', (error) => console.error(error))
    await boss.start()
    await boss.createQueue(QUEUE)
    const asking = new pg.Client({ connectionString: url })
    await asking.connect()
    const succeeded = async (): Promise<number> => {
      const { rows } = await asking.query<{ jobs: number }>(
        `SELECT count(*)::int AS jobs FROM pgboss.job WHERE name = '${QUEUE}' AND state = 'completed'`,
      )
      return rows[0]?.jobs ?? 0
    }
    return {
      batches: (inputs, size) =>
        parts(inputs, size).map((batch) => {
          const jobs = batch.map((data) => ({ name: QUEUE, data }))
          return () => boss.insert(jobs)
        }),
      singles: (inputs, calls, latencies) => () =>
        inFlight(inputs, calls, latencies, (input) => boss.send(QUEUE, input)),
      enqueue: async (input) => {
        await boss.send(QUEUE, input)
      },
      work: async ({ total, onRun }) => {
        const { tick, done } = countdown(total)
        let id = ''
        id = await boss.work<Input>(
          QUEUE,
          { batchSize: BATCH, pollingIntervalSeconds: 0.5 },
          async (jobs) => {
            for (const { data } of jobs) {
              onRun(data)
              tick()
            }
            boss.notifyWorker(id)
          },
        )
        // It stores ends behind its back.
        const drained = done.then(() => until(async () => (await succeeded()) >= total))
        return { drained, stop: () => boss.offWork({ id }) }
      },
      succeeded,
      close: async () => {
        await asking.end()
        await boss.stop({ graceful: false, wait: true })
      },
    }
  },
}
