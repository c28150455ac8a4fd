/**
 * How a worker runs each task: worked out once, read for every job.
 * @module
 */
import type { AnyTask, BatchHandler, Handler } from '../../../contract/index.ts'
import { InvalidOptionError } from '../../../contract/index.ts'
import { parseDuration } from '../../../kit/durations.ts'
import { suggest } from '../../../kit/suggest.ts'
import type { EngineContext } from '../../ports.ts'
import type { TaskPolicy } from '../../resolve.ts'

const BATCH_SIZE = 100
const BATCH_WAIT_MS = 10

/** How a task with `runMany` gathers its jobs. */
export interface BatchPlan {
  readonly handler: BatchHandler<unknown, unknown>
  readonly size: number
  readonly waitMs: number
}

/** One task, ready to run. */
export interface TaskPlan {
  readonly task: AnyTask
  readonly policy: TaskPolicy
  /** Longest run of one attempt where the job has none of its own; 0: no limit. */
  readonly timeoutMs: number
  /** Null where jobs are run in batches. */
  readonly handler: Handler<unknown, unknown> | null
  readonly batch: BatchPlan | null
}

/** The plans of all tasks that have a handler, by name and former names. */
export class TaskPlans {
  readonly #context: Pick<EngineContext, 'registry' | 'isolation'>
  readonly #byName = new Map<string, TaskPlan>()
  #anyBatches = false
  #latestName = ''
  #latest: TaskPlan | null = null

  constructor(context: Pick<EngineContext, 'registry' | 'isolation'>) {
    this.#context = context
  }

  /**
   * Makes the plans of every task registered so far, so that what cannot work fails before a job is claimed.
   * @throws InvalidOptionError
   */
  prepare(): void {
    for (const name of this.#context.registry.names()) this.find(name)
  }

  /** True where some task runs in batches, so that a worker without any need not look. */
  get anyBatches(): boolean {
    return this.#anyBatches
  }

  /** The plan for jobs stored under this name; null where this worker cannot run them. */
  find(name: string): TaskPlan | null {
    // Jobs come in runs of the same task.
    if (name === this.#latestName) return this.#latest
    const plan = this.#byName.get(name) ?? this.#make(name)
    if (plan === null) return null
    this.#latestName = name
    this.#latest = plan
    return plan
  }

  /** Names whose jobs this worker can run. */
  names(): readonly string[] {
    return this.#context.registry.names().filter((name) => this.#canRun(name))
  }

  /** What is wrong with a task that was registered late is told when a job of it comes. */
  #canRun(name: string): boolean {
    try {
      return this.find(name) !== null
    } catch {
      return false
    }
  }

  /** Why jobs of this name cannot run here, and what to do. */
  whyUnknown(name: string): string {
    const { registry } = this.#context
    if (registry.find(name) !== undefined) {
      return (
        `Task '${name}' is only declared here and has no handler. The job is parked until a worker that has ` +
        'one starts: register declaration.handle(fn).'
      )
    }
    const near = suggest(name, registry.names())
    const hint = near === null ? '' : ` Did you mean '${near}'?`
    return (
      `No task '${name}' is registered with this worker.${hint} The job is parked until a worker that knows ` +
      'the task starts. Register the task, or add its former name to the aliases of the new one.'
    )
  }

  #make(name: string): TaskPlan | null {
    const task = this.#context.registry.find(name)
    if (task === undefined || !task.runnable) return null
    const known = this.#byName.get(task.name)
    const plan = known ?? this.#plan(task)
    this.#byName.set(task.name, plan)
    this.#byName.set(name, plan)
    return plan
  }

  #plan(task: AnyTask): TaskPlan {
    const { run, runMany, isolate, batchSize, batchWait } = task.options
    const policy = this.#context.registry.policy(task)
    const timeoutMs = policy.timeoutMs ?? 0
    if (runMany === undefined) {
      const handler = isolate === undefined ? (run ?? null) : this.#context.isolation().handler(task)
      return { task, policy, timeoutMs, handler, batch: null }
    }
    if (isolate !== undefined) {
      const message = `Task '${task.name}' has isolate and runMany: a child runs one job at a time. Use run.`
      throw new InvalidOptionError('isolate', message, { task: task.name })
    }
    const waitMs = batchWait === undefined ? BATCH_WAIT_MS : parseDuration(batchWait, 'batchWait')
    this.#anyBatches = true
    const batch = { handler: runMany, size: batchSize ?? BATCH_SIZE, waitMs }
    return { task, policy, timeoutMs, handler: null, batch }
  }
}
