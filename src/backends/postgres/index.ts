/**
 * A store in a Postgres database, shared by any number of processes and machines.
 * @module
 */
import type { Backend, BackendInfo, ExchangeRequest } from '../../contract/index.ts'
import { checkpointsFacet } from './checkpoints.ts'
import { PostgresConnection } from './connection.ts'
import { controlFacet } from './control.ts'
import type { Executor } from './driver.ts'
import { enqueue, fits } from './enqueue.ts'
import { type Exchanged, exchange } from './exchange.ts'
import { Floors } from './floors.ts'
import { limitsFacet } from './limits.ts'
import { metricsFacet } from './metrics.ts'
import { foundSchema, WANTED_SCHEMA } from './migrate.ts'
import { type PostgresOptions, type PostgresSettings, resolveOptions, urlOf } from './options.ts'
import { queries } from './queries.gen.ts'
import { recordsFacet } from './records.ts'
import { schedulesFacet } from './schedules.ts'
import { inSchema } from './session.ts'
import { transactionFacet } from './transaction.ts'
import { uniqueFacet } from './unique.ts'
import { WakeBoard } from './wake.ts'
import { heartbeat, rescue, retire } from './workers.ts'

export type { PostgresOptions } from './options.ts'

/**
 * A store in a Postgres database. It connects, and brings its schema up to date, with the first call. Needs the
 * package `pg`.
 *
 * @throws InvalidOptionError where an option is wrong.
 * @example
 * const app = millrace({ backend: postgres({ url: 'postgres://localhost/shop', schema: 'jobs' }) })
 */
export function postgres(options: string | PostgresOptions): Backend {
  const settings = resolveOptions(options)
  const connection = new PostgresConnection(settings)
  const floors = new Floors()
  const wakes = new WakeBoard(connection, floors)
  // Others may not have noticed, and what they claimed last may lie behind what is ready now.
  connection.clock.onSetBack = () => wakes.anyJobs()
  return {
    name: 'postgres',
    url: urlOf(settings),
    enqueue: async (jobs) => {
      if (jobs.length === 0) return []
      // A due time of the caller's own may lie before what has been claimed.
      if (jobs.some(({ dueAt }) => dueAt !== null)) floors.clear()
      const receipts = await store(connection, jobs)
      wakes.jobs(new Set(jobs.map(({ queue }) => queue)))
      return receipts
    },
    exchange: async (request) => {
      const exchanged = await connection.use((session) => exchange(session, request, floors))
      announce(wakes, request, exchanged)
      return exchanged.reply
    },
    subscribe: async (interest, wake) => {
      connection.checkOpen()
      return wakes.subscribe(interest, wake)
    },
    heartbeat: (worker, leaseMs) => connection.use((session) => heartbeat(session, worker, leaseMs)),
    retire: (workerId) => connection.use((session) => retire(session, workerId)),
    rescue: async ({ quarantineAfter }) => {
      const rescued = await connection.use((session) => rescue(session, quarantineAfter))
      if (rescued.length > 0) {
        floors.clear()
        wakes.jobs(rescued.map(({ queue }) => queue))
        if (rescued.some(({ state }) => state === 'failed')) wakes.settled()
      }
      return rescued
    },
    migrate: () => connection.migrate(),
    info: () => connection.inspect((executor) => describe(executor, settings)),
    close: async () => {
      await wakes.close()
      await connection.close()
    },
    records: recordsFacet(connection, wakes, floors),
    unique: uniqueFacet(connection),
    checkpoints: checkpointsFacet(connection),
    control: controlFacet(connection, wakes),
    limits: limitsFacet(connection, wakes),
    metrics: metricsFacet(connection),
    schedules: schedulesFacet(connection, wakes, floors),
    transaction: transactionFacet(connection, () => wakes.committed()),
  }
}

/** A batch too large for one statement is stored by several, in one transaction. */
function store(connection: PostgresConnection, jobs: Parameters<typeof enqueue>[1]) {
  if (fits(jobs)) return connection.use((session) => enqueue(session, jobs))
  return connection.transact(async (session) => {
    const receipts = []
    for (let at = 0; at < jobs.length; ) {
      let size = Math.min(jobs.length - at, 5_000)
      while (size > 1 && !fits(jobs.slice(at, at + size))) size = Math.ceil(size / 2)
      receipts.push(...(await enqueue(session, jobs.slice(at, at + size))))
      at += size
    }
    return receipts
  })
}

/** Tells subscribers what an exchange changed for them. */
function announce(wakes: WakeBoard, { settle }: ExchangeRequest, { reply, givenBack }: Exchanged): void {
  const late = new Set(reply.leaseLost)
  const settled = late.size === 0 ? settle : settle.filter(({ job }) => !late.has(job.id))
  const back = settled.filter(({ outcome }) => GIVES_BACK.has(outcome.kind))
  if (back.length < settled.length) wakes.settled()
  if (back.length + givenBack.length > 0) wakes.jobs([...givenBack, ...back.map(({ job }) => job.queue)])
}

const GIVES_BACK: ReadonlySet<string> = new Set(['release', 'retry', 'snooze'])

async function describe(executor: Executor, settings: PostgresSettings): Promise<BackendInfo> {
  const [row] = await executor.rows<{ info: string }>(queries.info, [settings.schema])
  const info = JSON.parse(row?.info ?? '{}') as {
    version: string
    now: number
    bytes: number | null
    synchronous: string
  }
  const { version: found } = await foundSchema(executor, settings.schema)
  const [clock] =
    found < 2 ? [] : await executor.rows<{ now: string }>(inSchema(queries.now, settings.schema), [])
  return {
    name: 'postgres',
    location: settings.location,
    storeVersion: info.version,
    schema: { found, wanted: WANTED_SCHEMA },
    now: clock === undefined ? info.now : Number(clock.now),
    sizeBytes: info.bytes,
    facts: {
      'synchronous commit': info.synchronous,
      listens: settings.listenUrl === null ? 'no, it polls' : 'yes',
    },
  }
}
