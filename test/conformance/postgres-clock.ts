/**
 * A clock for stores on a Postgres server that is moved by hand: a row that their `now_ms()` reads.
 * @module
 */
import pg from 'pg'
import type { HarnessClock } from '../../src/conformance/index.ts'

/** The clock, and how a store is made to go by it. */
export interface ServerClock extends HarnessClock {
  advance(ms: number): Promise<void>
  jump(ms: number): Promise<void>
  /** The schema's store goes by this clock from now on. */
  govern(schema: string): Promise<void>
  close(): Promise<void>
}

/** Makes the clock; it starts at the server's time. */
export async function serverClock(url: string): Promise<ServerClock> {
  const client = new pg.Client(url)
  // The server is stopped before this connection is, at times.
  client.on('error', () => {})
  await client.connect()
  const table = `public.clock_${process.pid}`
  await client.query(`CREATE TABLE ${table} AS SELECT floor(extract(epoch FROM now()) * 1000)::bigint AS ms`)
  const move = async (ms: number): Promise<void> => {
    await client.query(`UPDATE ${table} SET ms = ms + $1`, [Math.round(ms)])
  }
  return {
    advance: move,
    jump: move,
    govern: async (schema) => {
      await client.query(
        `CREATE OR REPLACE FUNCTION ${schema}.now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT ms FROM ${table}'`,
      )
    },
    close: async () => {
      await client.query(`DROP TABLE ${table}`)
      await client.end()
    },
  }
}
