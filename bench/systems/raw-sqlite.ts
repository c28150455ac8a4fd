/**
 * The yardstick: what better-sqlite3 itself does in a loop. The same file, columns, indexes and statements as
 * Millrace's, prepared once; ids and payloads are made before the clock starts; no client, worker, events,
 * counts, retries or heartbeats.
 * @module
 */
import type Database from 'better-sqlite3'
import { AT } from '../../src/backends/sqlite/claim.ts'
import { queries } from '../../src/backends/sqlite/queries.gen.ts'
import { finishSql, leaveSql } from '../../src/backends/sqlite/settle.ts'
import type { Input } from '../input.ts'
import type { OpenSettings, OpenSystem, System, WorkOrder } from '../system.ts'
import { monotonicMs } from '../timing.ts'
import { idOf, insertSql, openMillraceFile, QUEUE, TASK } from './millrace-file.ts'

/** Rows of one insert: measured, more are no faster. */
const ROWS = 20
/** Attempts of one settling statement. */
const SETTLES = 50
/** Jobs of one transaction of claims and settles. */
const BATCH = 1000
const WORKER = 'bench'

/** better-sqlite3 in a loop. */
export const rawSqlite: System = {
  name: 'raw',
  store: 'sqlite better-sqlite3',
  open: async (settings) => openRaw(settings),
}

type JobValues = readonly [id: string, payload: string]

async function openRaw(settings: OpenSettings): Promise<OpenSystem> {
  const database = await openMillraceFile(settings)
  const store = makeStore(database)
  return {
    batches: (inputs, size) => {
      const values = inputs.map(toValues)
      return Array.from({ length: Math.ceil(values.length / size) }, (_, index) => {
        const batch = values.slice(index * size, (index + 1) * size)
        return () => store(batch)
      })
    },
    singles: (inputs, inFlight, latencies) => {
      const values = inputs.map(toValues)
      return async () => {
        for (let at = 0; at < values.length; at += inFlight) {
          const started = monotonicMs()
          store(values.slice(at, at + inFlight))
          latencies.fill(monotonicMs() - started, at, at + inFlight)
        }
      }
    },
    enqueue: (input) => store([toValues(input)]),
    work: async (order) => ({ drained: drain(database, order), stop: async () => {} }),
    succeeded: async () =>
      database.prepare('SELECT count(*) FROM millrace_finished WHERE state = 5').pluck().get() as number,
    close: async () => {
      database.close()
    },
  }
}

/** Stores a batch in one transaction. */
function makeStore(database: Database.Database): (batch: readonly JobValues[]) => void {
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  const lastSeq = database.prepare(queries.lastSeq).pluck()
  const insertMany = database.prepare(insertSql(ROWS))
  const insertOne = database.prepare(insertSql(1))
  const wait = database.prepare(queries.waitingAddNew)
  return (batch) => {
    const now = Date.now()
    begin.run()
    const before = (lastSeq.get() as number | undefined) ?? 0
    let at = 0
    for (; at + ROWS <= batch.length; at += ROWS) insertMany.run(toParams(batch, at, at + ROWS, now))
    for (; at < batch.length; at++) insertOne.run(toParams(batch, at, at + 1, now))
    wait.run(now, before)
    commit.run()
  }
}

function toValues(input: Input): JobValues {
  return [idOf(input.n), JSON.stringify(input)]
}

function toParams(batch: readonly JobValues[], from: number, to: number, now: number): unknown[] {
  const params: unknown[] = []
  for (let at = from; at < to; at++) {
    const [id, payload] = batch[at] as JobValues
    params.push(id, TASK, QUEUE, 0, now, now, 1, 5, payload, null, null)
  }
  return params
}

/** Claims and settles until nothing waits. */
async function drain(database: Database.Database, order: WorkOrder): Promise<void> {
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  const select = database.prepare(queries.claimSelect).raw(true)
  const lease = database.prepare(queries.claimLease)
  const leave = database.prepare(queries.claimLeave)
  const finish = database.prepare(finishSql(SETTLES))
  const end = database.prepare(leaveSql(SETTLES))
  let token = 0
  const settle = (jobs: readonly unknown[][], now: number): void => {
    for (let at = 0; at < jobs.length; at += SETTLES) {
      const leases: unknown[] = [now]
      const seqs: unknown[] = []
      // Beyond the last job nothing is bound to a lease: a last batch may be smaller.
      for (let index = at; index < at + SETTLES; index++) {
        const job = jobs[index]
        leases.push(job?.[AT.seq] ?? null, token, null)
        seqs.push(job?.[AT.seq] ?? null)
      }
      finish.run(leases)
      end.run(seqs)
    }
  }
  let running: unknown[][] = []
  do {
    const now = Date.now()
    begin.run()
    settle(running, now)
    running = select.all(QUEUE, 0, now, BATCH) as unknown[][]
    const last = running.at(-1)
    if (last !== undefined) {
      token += 1
      lease.run(token, WORKER, now, QUEUE, 0, last[AT.dueAt], last[AT.seq])
      leave.run(QUEUE, 0, last[AT.dueAt], last[AT.seq])
    }
    commit.run()
    for (const job of running) order.onRun(JSON.parse(job[AT.payload] as string) as Input)
  } while (running.length > 0)
}
