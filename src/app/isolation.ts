/**
 * Runs handlers of tasks with `isolate` in children: threads or processes that can be killed, limited in
 * memory and replaced, while the worker lives on.
 * @module
 */
import {
  type AnyTask,
  type EventBus,
  type Handler,
  InvalidOptionError,
  NotRunningError,
} from '../contract/index.ts'
import type { Isolation } from '../engine/ports.ts'
import { defaultModule } from './default-module.ts'
import { readIsolate } from './isolate-options.ts'
import { ChildPool } from './isolate-pool.ts'
import { inIsolatedChild } from './isolate-role.ts'
import { toModuleUrl } from './load-module.ts'

/** What isolation is made with. */
export interface IsolationOptions {
  /**
   * The module that makes the app, as a URL or a path: children find their task there. Default: the command
   * line's config file, where it was started by the command line.
   */
  readonly module: string | undefined
  readonly events: EventBus
  /** How long a handler may live after its signal aborted, in ms. Default 500. */
  readonly killAfterMs?: number
  /** How long an idle child is kept warm, in ms. Default 30 s. */
  readonly idleMs?: number
}

const KILL_AFTER_MS = 500
const IDLE_MS = 30_000

/**
 * Makes the isolation of one app. Starts nothing: a child is started for the first attempt that needs it.
 *
 * `handler(task)` throws an InvalidOptionError where children could not find the task, so that a worker that
 * asks for its handlers at start fails there, and not half-way through a job.
 */
export function createIsolation(options: IsolationOptions): Isolation {
  const pools = new Map<AnyTask, ChildPool>()
  let closed = false

  function handler(task: AnyTask): Handler<unknown, unknown> {
    if (closed) throw new NotRunningError('The app is closed: no isolated handler can be started.')
    refuseInsideChild(task)
    const module = moduleFor(task, options.module)
    const pool = pools.get(task) ?? openPool(task, module, options)
    pools.set(task, pool)
    return (input, job) => pool.run(input, job)
  }

  async function close(): Promise<void> {
    closed = true
    await Promise.all([...pools.values()].map((pool) => pool.close()))
  }

  return { handler, close }
}

function openPool(task: AnyTask, module: string, options: IsolationOptions): ChildPool {
  return new ChildPool({
    task,
    rule: readIsolate(task),
    module,
    events: options.events,
    killAfterMs: options.killAfterMs ?? KILL_AFTER_MS,
    idleMs: options.idleMs ?? IDLE_MS,
  })
}

function moduleFor(task: AnyTask, given: string | undefined): string {
  const module = given ?? defaultModule()
  if (module !== undefined) return toModuleUrl(module)
  throw new InvalidOptionError(
    'module',
    `Task "${task.name}" has \`isolate\`, so a child has to load it, and nobody said from which module. ` +
      'Pass `module: import.meta.url` to millrace() in the file that exports the app, or start the worker with `millrace work`.',
    { task: task.name },
  )
}

function refuseInsideChild(task: AnyTask): void {
  if (!inIsolatedChild()) return
  throw new InvalidOptionError(
    'module',
    `The app’s module starts a worker as soon as it is loaded, and a child of \`isolate\` has to load it to find task "${task.name}". ` +
      'Make the app in a module of its own that starts nothing, and start the worker in another one.',
    { task: task.name },
  )
}
