/**
 * Redis or Valkey: one server, a sentinel's primary, or a slot of a cluster.
 * @module
 */
import type { Backend } from '../../contract/index.ts'
import { checkpointsFacet } from './checkpoints.ts'
import { RedisConnection } from './connection.ts'
import { controlFacet } from './control.ts'
import { enqueue } from './enqueue.ts'
import { Exchanger } from './exchange.ts'
import { describe } from './info.ts'
import { limitsFacet } from './limits.ts'
import { metricsFacet } from './metrics.ts'
import { type RedisOptions, resolveOptions, urlOf } from './options.ts'
import { recordsFacet } from './records.ts'
import { schedulesFacet } from './schedules.ts'
import { uniqueFacet } from './unique.ts'
import { WakeBoard } from './wake.ts'
import { heartbeat, rescue, retire } from './workers.ts'

export type { RedisClient, UserClient } from './driver.ts'
export type { RedisOptions } from './options.ts'

/**
 * A store in Redis or Valkey. It connects with the first call, and needs the package `ioredis`.
 *
 * @throws InvalidOptionError where an option is wrong.
 * @example
 * const app = millrace({ backend: redis({ url: 'redis://localhost:6379', namespace: 'shop' }) })
 */
export function redis(options: string | RedisOptions): Backend {
  const settings = resolveOptions(options)
  const connection = new RedisConnection(settings)
  const wakes = new WakeBoard(connection)
  const exchanger = new Exchanger(connection)
  return {
    name: 'redis',
    url: urlOf(settings),
    enqueue: (jobs) => enqueue(connection, jobs),
    exchange: (request) => exchanger.exchange(request),
    subscribe: (interest, wake) => wakes.subscribe(interest, wake),
    heartbeat: (worker, leaseMs) => heartbeat(connection, worker, leaseMs),
    retire: (workerId) => retire(connection, workerId),
    rescue: ({ quarantineAfter }) => rescue(connection, quarantineAfter),
    migrate: () => connection.migrate(),
    info: () => describe(connection),
    close: async () => {
      await wakes.close()
      connection.close()
    },
    records: recordsFacet(connection),
    unique: uniqueFacet(connection),
    checkpoints: checkpointsFacet(connection),
    control: controlFacet(connection),
    limits: limitsFacet(connection),
    metrics: metricsFacet(connection),
    schedules: schedulesFacet(connection),
  }
}
