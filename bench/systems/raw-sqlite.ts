/**
 * The yardstick: what better-sqlite3 itself does in a loop. The same file, columns, indexes and statements as
 * Millrace's, prepared once; ids and payloads are made before the clock starts; no client, worker, events,
 * retries or leases.
 * @module
 */
import type Database from 'better-sqlite3'
import type { Input, OpenSettings, OpenSystem, System, WorkOrder } from '../system.ts'
import { monotonicMs } from '../timing.ts'
import { idOf, insertSql, openMillraceFile, PENDING, QUEUE, SUCCEEDED, TASK } from './millrace-file.ts'

/** Rows of one insert: measured, more are no faster. */
const ROWS = 20
/** Jobs of one transaction of claims and settles. */
const BATCH = 1000
const WORKER = 'bench-worker'

/** better-sqlite3 in a loop. */
export const rawSqlite: System = {
  name: 'raw',
  store: 'sqlite better-sqlite3',
  open: async (settings) => openRaw(settings),
}

type JobValues = readonly [id: string, payload: string]

async function openRaw(settings: OpenSettings): Promise<OpenSystem> {
  const database = await openMillraceFile(settings)
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  const insertMany = database.prepare(insertSql(ROWS))
  const insertOne = database.prepare(insertSql(1))

  return {
    batches: (inputs, size) => {
      const values = inputs.map(toValues)
      return Array.from({ length: Math.ceil(values.length / size) }, (_, index) => {
        const batch = values.slice(index * size, (index + 1) * size)
        return () => insertBatch(batch)
      })
    },
    singles: (inputs, inFlight, latencies) => {
      const values = inputs.map(toValues)
      return async () => {
        for (let at = 0; at < values.length; at += inFlight) {
          const started = monotonicMs()
          insertBatch(values.slice(at, at + inFlight))
          latencies.fill(monotonicMs() - started, at, at + inFlight)
        }
      }
    },
    enqueue: (input) => insertBatch([toValues(input)]),
    work: async (order) => ({ drained: drain(database, order), stop: async () => {} }),
    succeeded: async () =>
      database.prepare('SELECT count(*) FROM millrace_job WHERE state = ?').pluck().get(SUCCEEDED) as number,
    close: async () => {
      database.close()
    },
  }

  function insertBatch(batch: readonly JobValues[]): void {
    const now = Date.now()
    begin.run()
    let at = 0
    for (; at + ROWS <= batch.length; at += ROWS) {
      const params: unknown[] = []
      for (let row = at; row < at + ROWS; row++) pushRow(params, batch[row] as JobValues, now)
      insertMany.run(params)
    }
    for (; at < batch.length; at++) {
      const params: unknown[] = []
      pushRow(params, batch[at] as JobValues, now)
      insertOne.run(params)
    }
    commit.run()
  }
}

function toValues(input: Input): JobValues {
  return [idOf(input.n), JSON.stringify(input)]
}

function pushRow(params: unknown[], [id, payload]: JobValues, now: number): void {
  params.push(id, TASK, QUEUE, PENDING, 0, now, now, 1, 5, payload, null, null)
}

/** Claims and settles until nothing waits. */
async function drain(database: Database.Database, order: WorkOrder): Promise<void> {
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  const select = database
    .prepare(
      `SELECT seq, id, task, state, payload, version, attempt, max_attempts, token, created_at, due_at, expires_at, options
      FROM millrace_job INDEXED BY millrace_job_waiting
      WHERE state <= 2 AND queue = ? AND priority = ? AND due_at <= ? ORDER BY due_at, seq LIMIT ?`,
    )
    .raw(true)
  const take = database.prepare(
    `UPDATE millrace_job SET state = 4, attempt = attempt + 1, token = token + 1, worker = ?, started_at = ?, progress = NULL
    WHERE seq IN (SELECT value FROM json_each(?))`,
  )
  const succeed = database.prepare(
    `UPDATE millrace_job SET state = 5, finished_at = ?, result = ?, error = NULL
    WHERE seq = ? AND token = ? AND state = 4`,
  )
  let running: unknown[][] = []
  do {
    const now = Date.now()
    begin.run()
    for (const job of running) succeed.run(now, null, job[0], (job[8] as number) + 1)
    running = select.all(QUEUE, 0, now, BATCH) as unknown[][]
    if (running.length > 0) take.run(WORKER, now, `[${running.map(([seq]) => seq).join(',')}]`)
    commit.run()
    for (const job of running) order.onRun(JSON.parse(job[4] as string) as Input)
  } while (running.length > 0)
}
