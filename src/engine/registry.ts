/**
 * The tasks an app knows, by name and former names. Names from the store are looked up here and nowhere else.
 * @module
 */
import type { AnyTask } from '../contract/index.ts'
import { InvalidOptionError } from '../contract/index.ts'
import { show } from '../kit/show.ts'
import { type AppDefaults, NO_DEFAULTS, resolvePolicy, type TaskPolicy } from './resolve.ts'

/** Tasks by name, and what holds for their jobs under the app's defaults. */
export class TaskRegistry {
  readonly #defaults: AppDefaults
  readonly #tasks: AnyTask[] = []
  readonly #byName = new Map<string, AnyTask>()
  /** Weak, because a producer may enqueue tasks that it never registered. */
  readonly #policies = new WeakMap<AnyTask, TaskPolicy>()
  #latest: TaskPolicy | null = null

  /** @param defaults the app's; default none. */
  constructor(defaults: AppDefaults = NO_DEFAULTS) {
    this.#defaults = defaults
  }

  /** The registered tasks, in order of registration. */
  get tasks(): readonly AnyTask[] {
    return this.#tasks
  }

  /**
   * Adds a task under its name and aliases. The very same task once more changes nothing.
   * @throws InvalidOptionError where a name is taken, or this is no task.
   */
  add(task: AnyTask): void {
    const { name, options } = this.policy(task).task
    if (this.#byName.get(name) === task) return
    const names = [name, ...(options.aliases ?? [])]
    for (const one of names) this.#refuseTaken(one, name)
    for (const one of names) this.#byName.set(one, task)
    this.#tasks.push(task)
  }

  /**
   * Adds tasks in order.
   * @throws InvalidOptionError as `add` does; where one of them is no task, it says which.
   */
  addAll(tasks: readonly AnyTask[]): void {
    for (const [index, task] of tasks.entries()) {
      if (!isTask(task)) throw notATask(`tasks[${index}]`, task)
      this.add(task)
    }
  }

  #refuseTaken(name: string, of: string): void {
    const holder = this.#byName.get(name)
    if (holder === undefined) return
    const what = name === of ? `task '${of}'` : `the alias '${name}' of task '${of}'`
    const whose =
      holder.name === name ? 'another task has this name' : `task '${holder.name}' has this name as an alias`
    const hint =
      holder.name === of ? ' Of a declaration and the task with its handler, register only the latter.' : ''
    throw new InvalidOptionError('tasks', `Cannot register ${what}: ${whose} already.${hint}`, { task: of })
  }

  /** The task registered under this name or alias. */
  find(name: string): AnyTask | undefined {
    return this.#byName.get(name)
  }

  /** Every name and alias, in order of registration. */
  names(): readonly string[] {
    return [...this.#byName.keys()]
  }

  /** Every queue that a registered task names, in order of registration, and `default`. */
  queues(): readonly string[] {
    return [...new Set([...this.#tasks.map((task) => this.policy(task).queue), 'default'])]
  }

  /**
   * What holds for a task's jobs, whether or not it is registered.
   * @throws InvalidOptionError where this is no task.
   */
  policy(task: AnyTask): TaskPolicy {
    // Most calls are about the same task as the call before.
    if (this.#latest !== null && this.#latest.task === task) return this.#latest
    const policy = this.#policies.get(task) ?? this.#resolve(task)
    this.#latest = policy
    return policy
  }

  #resolve(task: AnyTask): TaskPolicy {
    if (!isTask(task)) {
      const known =
        typeof task === 'string' && this.#byName.has(task) ? ' Pass the task itself, not its name.' : ''
      throw new InvalidOptionError(
        'task',
        `A task made with task() is needed here, got ${show(task)}.${known}`,
      )
    }
    const policy = resolvePolicy(task, this.#defaults)
    this.#policies.set(task, policy)
    return policy
  }
}

function notATask(field: string, value: unknown): InvalidOptionError {
  const hint =
    value === undefined
      ? ' Where it is imported, look for an import cycle: a module with tasks that imports the app, which imports ' +
        'that module. A handler needs no app to enqueue: it has `job.enqueue` and `job.transaction`.'
      : ''
  return new InvalidOptionError(
    field,
    `${field}: A task made with task() is needed here, got ${show(value)}.${hint}`,
  )
}

function isTask(value: unknown): value is AnyTask {
  if (typeof value !== 'object' || value === null) return false
  const { name, options, handle } = value as Partial<AnyTask>
  return (
    typeof name === 'string' &&
    typeof options === 'object' &&
    options !== null &&
    typeof handle === 'function'
  )
}
