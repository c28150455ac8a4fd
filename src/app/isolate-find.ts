/**
 * Finds a task in the module that makes the app.
 * @module
 */
import { type AnyTask, InvalidOptionError } from '../contract/index.ts'
import { suggest } from '../kit/suggest.ts'

/**
 * The runnable task of this name among the tasks of exported apps and exported tasks.
 * @throws InvalidOptionError where the module offers none.
 */
export function findTask(exports: Readonly<Record<string, unknown>>, name: string, module: string): AnyTask {
  const tasks = Object.values(exports).flatMap(tasksIn)
  const found = tasks.find((task) => task.name === name && task.options.run !== undefined)
  if (found !== undefined) return found
  const names = [...new Set(tasks.filter((task) => task.options.run !== undefined).map((task) => task.name))]
  const hint = suggest(name, names)
  const offers =
    names.length === 0 ? 'no runnable task' : `only ${names.map((other) => `"${other}"`).join(', ')}`
  throw new InvalidOptionError(
    'module',
    `The isolated child found no runnable task "${name}" in ${module}, which exports ${offers}` +
      `${hint === null ? '' : ` (did you mean "${hint}"?)`}. Export the task from there, or the app that has it.`,
    { task: name },
  )
}

function tasksIn(value: unknown): readonly AnyTask[] {
  if (isTask(value)) return [value]
  if (Array.isArray(value)) return value.filter(isTask)
  if (typeof value === 'object' && value !== null && 'tasks' in value && Array.isArray(value.tasks)) {
    return value.tasks.filter(isTask)
  }
  return []
}

function isTask(value: unknown): value is AnyTask {
  if (typeof value !== 'object' || value === null) return false
  if (!('name' in value && 'options' in value && 'runnable' in value)) return false
  return typeof value.name === 'string' && typeof value.options === 'object' && value.options !== null
}
