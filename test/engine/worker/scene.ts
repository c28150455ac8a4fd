/**
 * A worker on a memory store, and what tests do with it.
 * @module
 */
import { onTestFinished } from 'vitest'
import { memory } from '../../../src/backends/memory/index.ts'
import type {
  AnyTask,
  Backend,
  Clock,
  EventName,
  JobRecord,
  MiddlewareHooks,
  MillraceEvents,
  NewJob,
  Worker,
  WorkerOptions,
} from '../../../src/contract/index.ts'
import { timerHeart } from '../../../src/engine/heart.ts'
import type { EngineContext } from '../../../src/engine/ports.ts'
import { TaskRegistry } from '../../../src/engine/registry.ts'
import { createWorker } from '../../../src/engine/worker/create-worker.ts'
import { systemClock } from '../../../src/kit/clock.ts'
import { createEventBus } from '../../../src/kit/event-bus.ts'
import { newId } from '../../../src/kit/ids.ts'

/** What a scene is made with. */
export interface SceneOptions {
  readonly tasks?: readonly AnyTask[]
  readonly clock?: Clock
  readonly middleware?: readonly MiddlewareHooks[]
  readonly context?: Partial<EngineContext>
  /** Wraps the store. */
  readonly wrap?: (backend: Backend) => Backend
}

/** A store, tasks, and events that were seen. */
export class Scene {
  readonly context: EngineContext
  readonly backend: Backend
  readonly seen: { name: EventName; event: MillraceEvents[EventName] }[] = []

  constructor(options: SceneOptions = {}) {
    const { tasks = [], clock = systemClock, middleware = [], wrap = (one) => one } = options
    const registry = new TaskRegistry()
    for (const task of tasks) registry.add(task)
    this.backend = wrap(memory({ clock }))
    this.context = {
      backend: this.backend,
      registry,
      codecs: [],
      maxPayloadBytes: 1024 * 1024,
      events: createEventBus(),
      clock,
      middleware,
      makeHeart: timerHeart,
      isolation: () => {
        throw new Error('no isolation here')
      },
      producer: {
        enqueue: () => Promise.reject(new Error('no producer here')),
        enqueueMany: () => Promise.reject(new Error('no producer here')),
        transaction: () => Promise.reject(new Error('no producer here')),
      },
      retention: [],
      ...options.context,
    }
  }

  /** Notes events of these names. */
  watch(...names: EventName[]): this {
    for (const name of names) this.context.events.on(name, (event) => void this.seen.push({ name, event }))
    return this
  }

  /** Events of a name that were seen. */
  events<N extends EventName>(name: N): MillraceEvents[N][] {
    return this.seen.filter((one) => one.name === name).map((one) => one.event as MillraceEvents[N])
  }

  /** The next event of a name. */
  next<N extends EventName>(
    name: N,
    test: (event: MillraceEvents[N]) => boolean = () => true,
  ): Promise<MillraceEvents[N]> {
    return new Promise((resolve) => {
      const off = this.context.events.on(name, (event) => {
        if (!test(event)) return
        off()
        resolve(event)
      })
    })
  }

  /** A worker, stopped when the test ends. */
  worker(options: WorkerOptions = {}): Worker {
    const worker = createWorker(this.context, options)
    onTestFinished(() => worker.stop({ grace: 0 }))
    return worker
  }

  /** Stores a job. */
  async enqueue(task: string, input: unknown = undefined, options: Partial<NewJob> = {}): Promise<string> {
    const [id] = await this.enqueueMany([newJob(task, input, options)])
    return id as string
  }

  async enqueueMany(jobs: readonly NewJob[]): Promise<readonly string[]> {
    return (await this.backend.enqueue(jobs)).map(({ id }) => id)
  }

  /** A stored job. */
  async get(id: string): Promise<JobRecord> {
    const [job] = (await this.backend.records?.get([id])) ?? []
    if (job === undefined || job === null) throw new Error(`There is no job ${id}.`)
    return job
  }

  /** Starts a worker, lets it do all there is, and stops it. */
  async runAll(options: WorkerOptions = {}): Promise<void> {
    const worker = this.worker(options)
    await worker.start()
    await worker.idle()
    await worker.stop()
  }
}

/** A job as a producer hands it over. */
export function newJob(task: string, input: unknown = undefined, options: Partial<NewJob> = {}): NewJob {
  return {
    id: newId(),
    task,
    queue: 'default',
    priority: 0,
    payload: input === undefined ? '' : JSON.stringify(input),
    version: 1,
    maxAttempts: 5,
    delayMs: 0,
    dueAt: null,
    expiresInMs: null,
    expiresAt: null,
    timeoutMs: null,
    retry: null,
    tags: [],
    meta: null,
    unique: null,
    ...options,
  }
}

/** A promise, and what resolves it. */
export function gate<T = void>(): { readonly opened: Promise<T>; readonly open: (value: T) => void } {
  let open: (value: T) => void = () => undefined
  const opened = new Promise<T>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

/** Resolves, or rejects with its reason, when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
