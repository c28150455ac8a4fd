/**
 * A client on a memory store, and a hand that plays the worker.
 * @module
 */
import { memory } from '../../../src/backends/memory/index.ts'
import { exchangeRequest } from '../../../src/conformance/request.ts'
import type {
  AppOptions,
  Backend,
  ClaimedJob,
  MiddlewareHooks,
  Outcome,
} from '../../../src/contract/index.ts'
import { type Client, createClient } from '../../../src/engine/client/client.ts'
import type { ClientContext } from '../../../src/engine/client/context.ts'
import { TaskRegistry } from '../../../src/engine/registry.ts'
import { NO_DEFAULTS, readDefaults } from '../../../src/engine/resolve.ts'
import { systemClock } from '../../../src/kit/clock.ts'
import { createEventBus } from '../../../src/kit/event-bus.ts'

export interface Setup {
  readonly client: Client
  readonly backend: Backend
  readonly context: ClientContext
  /** The size of each batch the backend got, in order. */
  readonly batches: number[]
  readonly close: () => Promise<void>
}

export interface SetupOptions {
  readonly backend?: Partial<Backend>
  readonly defaults?: AppOptions['defaults']
  readonly middleware?: readonly MiddlewareHooks[]
  readonly codecs?: ClientContext['codecs']
  readonly maxPayloadBytes?: number
}

/** A client whose backend is the memory store with `options.backend` laid over it. */
export function setup(options: SetupOptions = {}): Setup {
  const store = memory()
  const batches: number[] = []
  const counted: Backend = {
    ...store,
    enqueue: (jobs) => {
      batches.push(jobs.length)
      return store.enqueue(jobs)
    },
  }
  const backend: Backend = { ...counted, ...options.backend }
  const context: ClientContext = {
    source: { current: backend, open: async () => backend },
    registry: new TaskRegistry(options.defaults === undefined ? NO_DEFAULTS : readDefaults(options.defaults)),
    codecs: options.codecs ?? [],
    maxPayloadBytes: options.maxPayloadBytes ?? 1024 * 1024,
    events: createEventBus(),
    clock: systemClock,
    middleware: options.middleware ?? [],
  }
  const { client, close } = createClient(context)
  return { client, backend, context, batches, close }
}

/** Claims up to `limit` jobs as a worker would. */
export async function claim(backend: Backend, limit = 10, queue = 'default'): Promise<readonly ClaimedJob[]> {
  const worker = {
    id: 'worker',
    host: 'host',
    pid: 1,
    startedAt: 0,
    queues: [queue],
    slots: limit,
    busy: 0,
    version: '0',
    memoryBytes: 0,
    quiet: false,
  }
  await backend.heartbeat(worker, 60_000)
  const queues = [{ name: queue, limit }]
  return (await backend.exchange(exchangeRequest({ workerId: 'worker', claim: { queues, limit } }))).claimed
}

/** Ends a claimed job's attempt. */
export async function settle(backend: Backend, job: ClaimedJob, outcome: Outcome): Promise<void> {
  await backend.exchange(exchangeRequest({ workerId: 'worker', settle: [{ job, outcome }] }))
}

/** Runs one waiting job to its end. */
export async function finish(backend: Backend, outcome: Outcome): Promise<void> {
  const [job] = await claim(backend, 1)
  if (job === undefined) throw new Error('No job waits')
  await settle(backend, job, outcome)
}

/** The error a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('It did not reject')
}
