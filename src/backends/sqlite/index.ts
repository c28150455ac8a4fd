/**
 * The embedded default: one SQLite file, shared by any number of processes on one machine.
 * @module
 */
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type {
  Backend,
  BackendInfo,
  ExchangeReply,
  ExchangeRequest,
  RescuedJob,
} from '../../contract/index.ts'
import { checkKeys } from '../../kit/check.ts'
import { type BindingName, loadBinding } from './binding.ts'
import { checkpointsFacet } from './checkpoints.ts'
import { SqliteConnection } from './connection.ts'
import { controlFacet } from './control.ts'
import type { SqliteDatabase } from './driver.ts'
import { enqueue } from './enqueue.ts'
import { exchange } from './exchange.ts'
import { limitsFacet } from './limits.ts'
import { metricsFacet } from './metrics.ts'
import { foundSchema, WANTED_SCHEMA } from './migrate.ts'
import { resolveOptions, type SqliteOptions, type SqliteSettings } from './options.ts'
import { recordsFacet } from './records.ts'
import { schedulesFacet } from './schedules.ts'
import { transactionFacet } from './transaction.ts'
import { uniqueFacet } from './unique.ts'
import { WakeBoard } from './wake.ts'
import { anyLost, heartbeat, RESCUE_BATCH, rescue, retire } from './workers.ts'

export type { BindingName } from './binding.ts'
export type { SqliteDatabase, SqliteStatement, SqlValue } from './driver.ts'
export type { SqliteOptions } from './options.ts'

/**
 * A store in a SQLite file. The file is opened, and its schema brought up to date, with the first call.
 *
 * @throws InvalidOptionError where an option is wrong.
 * @example
 * const app = millrace({ backend: sqlite({ file: 'jobs.db', synchronous: 'normal' }) })
 */
export function sqlite(options: string | SqliteOptions): Backend {
  const settings = resolveOptions(options)
  const connection = new SqliteConnection(settings)
  const wakes = new WakeBoard(settings)
  return {
    name: 'sqlite',
    url: urlOf(settings),
    enqueue: async (jobs) => {
      if (jobs.length === 0) return []
      const receipts = await connection.write((session) => enqueue(session, jobs))
      wakes.jobs(new Set(jobs.map(({ queue }) => queue)))
      return receipts
    },
    exchange: async (request) => {
      const reply = await exchange(connection, request)
      announce(wakes, request, reply)
      return reply
    },
    subscribe: async (interest, wake) => {
      await connection.read(() => undefined)
      return wakes.subscribe(interest, wake)
    },
    heartbeat: (worker, leaseMs) =>
      connection.write((session) => heartbeat(session, worker, leaseMs), 'relaxed'),
    retire: (workerId) => connection.write((session) => retire(session, workerId), 'relaxed'),
    rescue: async ({ quarantineAfter }) => {
      if (!(await connection.read(anyLost))) return []
      const rescued: RescuedJob[] = []
      let batch: readonly RescuedJob[]
      do {
        batch = await connection.write((session) => rescue(session, quarantineAfter))
        rescued.push(...batch)
      } while (batch.length >= RESCUE_BATCH)
      wakes.jobs(rescued.map(({ queue }) => queue))
      if (rescued.some(({ state }) => state === 'failed')) wakes.settled()
      return rescued
    },
    migrate: () => connection.migrate(),
    info: () => connection.inspect((database) => describe(database, settings)),
    close: async () => {
      wakes.close()
      await connection.close()
    },
    records: recordsFacet(connection, wakes),
    unique: uniqueFacet(connection),
    checkpoints: checkpointsFacet(connection),
    control: controlFacet(connection, wakes),
    limits: limitsFacet(connection, wakes),
    metrics: metricsFacet(connection),
    schedules: schedulesFacet(connection, wakes),
    transaction: transactionFacet(connection, () => wakes.anything()),
  }
}

/**
 * Opens the application's own connection to a SQLite file, through the library that the jobs' store uses.
 * Hand it to `app.transaction`, `app.in` and `job.in` to commit your own rows together with jobs.
 *
 * @param options.binding the same as the store's, where that was given one.
 */
export function openDatabase(file: string, options: { readonly binding?: BindingName } = {}): SqliteDatabase {
  checkKeys(options, ['binding'], 'openDatabase()')
  const database = loadBinding(options.binding).open(resolve(file))
  database.exec('PRAGMA busy_timeout = 5000')
  database.exec('PRAGMA journal_mode = WAL')
  database.exec('PRAGMA synchronous = FULL')
  return database
}

/** The address under which `loadBackend` opens the same store in the same way. */
function urlOf({ file, synchronous, busyTimeoutMs, pollIntervalMs, binding }: SqliteSettings): string {
  const options = new URLSearchParams({ synchronous, busyTimeout: `${busyTimeoutMs}ms` })
  if (pollIntervalMs !== null) options.set('pollInterval', `${pollIntervalMs}ms`)
  if (binding !== undefined) options.set('binding', binding)
  return `sqlite:${file}?${options}`
}

/** Tells this process's subscribers what an exchange changed for them. */
function announce(wakes: WakeBoard, request: ExchangeRequest, reply: ExchangeReply): void {
  // Which jobs the worker had never heard of is not known here.
  if (request.holding !== null) return wakes.anything()
  const { settle, begin } = request
  if (settle.length === 0 || reply.leaseLost.length === settle.length + begin.length) return
  wakes.settled()
  const freed = settle.filter(({ outcome }) => outcome.kind === 'release' || outcome.kind === 'retry')
  if (freed.length > 0) wakes.jobs(freed.map(({ job }) => job.queue))
}

function describe(database: SqliteDatabase, settings: SqliteSettings): BackendInfo {
  const { version } = database.prepare('SELECT sqlite_version() AS version').get() as { version: string }
  const bytes = ['', '-wal'].map((suffix) => settings.file + suffix).filter((file) => existsSync(file))
  return {
    name: 'sqlite',
    location: settings.file,
    storeVersion: version,
    schema: { found: foundSchema(database), wanted: WANTED_SCHEMA },
    now: settings.clock.now(),
    sizeBytes: bytes.reduce((sum, file) => sum + statSync(file).size, 0),
    facts: { binding: database.binding, synchronous: settings.synchronous, 'journal mode': 'wal' },
  }
}
