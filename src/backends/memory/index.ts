/**
 * The memory backend: the reference for all others, and the one for tests and throw-away work.
 * @module
 */
import type { Backend, BackendInfo, Clock } from '../../contract/index.ts'
import { checkKeys } from '../../kit/check.ts'
import { systemClock } from '../../kit/clock.ts'
import { checkpointsFacet } from './checkpoints.ts'
import { controlFacet } from './control.ts'
import { enqueue } from './enqueue.ts'
import { exchange } from './exchange.ts'
import { limitsFacet } from './limits.ts'
import { heartbeat, rescue, retire } from './maintain.ts'
import { metricsFacet } from './metrics.ts'
import { recordsFacet } from './records.ts'
import { schedulesFacet } from './schedules.ts'
import { Store } from './store.ts'
import { uniqueFacet } from './unique.ts'

/** Options of {@link memory}. */
export interface MemoryOptions {
  /** For tests that hold time still. Default: the system's clock. */
  readonly clock?: Clock
}

/**
 * Makes a store that lives in this process and ends with it. It has every facet but `transaction`: there is no
 * database whose transaction one could join. Two calls make two stores.
 *
 * @example
 * const app = millrace({ backend: memory(), tasks })
 */
export function memory(options: MemoryOptions = {}): Backend {
  checkKeys(options, ['clock'], 'memory()')
  const store = new Store(options.clock ?? systemClock)
  /** Every call is one uninterrupted piece of work, which makes it atomic; it rejects rather than throws. */
  const atomic = async <T>(work: () => T): Promise<T> => {
    store.assertOpen()
    return work()
  }
  return {
    name: 'memory',
    url: null,
    enqueue: (jobs) => atomic(() => enqueue(store, jobs)),
    exchange: (request) => atomic(() => exchange(store, request)),
    subscribe: (interest, wake) => atomic(() => store.wakes.subscribe(interest, wake)),
    heartbeat: (worker, leaseMs) => atomic(() => heartbeat(store, worker, leaseMs)),
    retire: (workerId) => atomic(() => retire(store, workerId)),
    rescue: ({ quarantineAfter }) => atomic(() => rescue(store, quarantineAfter)),
    migrate: () => atomic(() => []),
    info: () => atomic(() => info(store)),
    close: async () => store.close(),
    records: recordsFacet(store),
    unique: uniqueFacet(store),
    checkpoints: checkpointsFacet(store),
    control: controlFacet(store),
    limits: limitsFacet(store),
    schedules: schedulesFacet(store),
    metrics: metricsFacet(store),
  }
}

function info(store: Store): BackendInfo {
  return {
    name: 'memory',
    location: 'this process',
    storeVersion: null,
    schema: null,
    now: store.now(),
    sizeBytes: null,
    facts: { durability: 'none: jobs end with the process', jobs: String(store.jobs.size) },
  }
}
