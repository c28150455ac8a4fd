/**
 * The yardstick on Postgres: one table with nothing but an id and a payload; batches are stored by `unnest`, and claimed
 * and ended by one `DELETE … RETURNING` of up to 1,000 rows, which is committed once they have run. No client, worker,
 * records, counts, retries, leases or heartbeats.
 * @module
 */
import pg from 'pg'
import { parts } from '../calls.ts'
import type { Input } from '../input.ts'
import type { ServerSettings, System, WorkOrder } from '../system.ts'

/** Jobs of one statement. */
const BATCH = 1000

const STORE = {
  name: 'store',
  text: 'INSERT INTO raw_job (payload) SELECT unnest($1::text[])',
}
const CLAIM = {
  name: 'claim',
  text: `DELETE FROM raw_job WHERE id = ANY (ARRAY(
    SELECT id FROM raw_job ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING payload`,
}

/** pg in a loop. */
export const rawPostgres: System<ServerSettings> = {
  name: 'raw-postgres',
  store: 'postgres',
  open: async ({ url }) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(
      'CREATE TABLE IF NOT EXISTS raw_job (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload text NOT NULL)',
    )
    let ran = 0
    const store = async (payloads: readonly string[]): Promise<void> => {
      await client.query({ ...STORE, values: [payloads] })
    }
    return {
      batches: (inputs, size) =>
        parts(inputs, size).map((batch) => {
          const payloads = batch.map((input) => JSON.stringify(input))
          return () => store(payloads)
        }),
      singles: () => {
        throw new Error('The raw loop stores batches only.')
      },
      enqueue: (input) => store([JSON.stringify(input)]),
      work: async (order) => ({ drained: drain(order), stop: async () => {} }),
      succeeded: async () => {
        const { rows } = await client.query<{ left: number }>('SELECT count(*)::int AS left FROM raw_job')
        return ran - (rows[0]?.left ?? 0)
      },
      close: () => client.end(),
    }

    /** Claims, runs and deletes until nothing waits. */
    async function drain(order: WorkOrder): Promise<void> {
      for (;;) {
        await client.query('BEGIN')
        const { rows } = await client.query<{ payload: string }>({ ...CLAIM, values: [BATCH] })
        for (const { payload } of rows) order.onRun(JSON.parse(payload) as Input)
        ran += rows.length
        await client.query('COMMIT')
        if (rows.length === 0) return
      }
    }
  },
}
