/**
 * Middleware around an enqueue.
 * @module
 */
import type {
  AnyTask,
  EnqueueCall,
  EnqueueOptions,
  EnqueueReceipt,
  MiddlewareHooks,
} from '../../contract/index.ts'
import { InvalidOptionError, UnknownTaskError } from '../../contract/index.ts'
import { newId } from '../../kit/ids.ts'
import { show } from '../../kit/show.ts'
import { suggest } from '../../kit/suggest.ts'
import type { TaskRegistry } from '../registry.ts'

/** Stores what came through the hooks. */
type Last = (task: AnyTask, input: unknown, options: EnqueueOptions<never>) => Promise<EnqueueReceipt>

/** True where a hook wraps enqueues. */
export function hasEnqueueHooks(middleware: readonly MiddlewareHooks[]): boolean {
  return middleware.length > 0 && middleware.some((hooks) => hooks.enqueue !== undefined)
}

/**
 * Sends one call through the hooks, the first one registered outermost. The job's id is chosen before them, so
 * that a hook which calls `next` again after a failure repeats the same job.
 *
 * @throws what a hook throws; InvalidOptionError where a hook passes on or answers what is none;
 * UnknownTaskError where it changes the task to one that is not registered.
 */
export async function runEnqueueHooks(
  middleware: readonly MiddlewareHooks[],
  registry: TaskRegistry,
  task: AnyTask,
  input: unknown,
  options: EnqueueOptions<never> | undefined,
  last: Last,
): Promise<EnqueueReceipt> {
  const { name } = registry.policy(task)
  const step = async (index: number, call: EnqueueCall): Promise<EnqueueReceipt> => {
    const hooks = middleware[index]
    if (hooks === undefined)
      return last(findTask(registry, task, call.task), call.input, call.options as EnqueueOptions<never>)
    if (hooks.enqueue === undefined) return step(index + 1, call)
    return checkReceipt(await hooks.enqueue(call, (changed) => step(index + 1, checkCall(changed))))
  }
  return step(0, { task: name, input, options: { ...options, id: options?.id ?? newId() } as EnqueueOptions })
}

function findTask(registry: TaskRegistry, original: AnyTask, name: string): AnyTask {
  if (name === original.name) return original
  const found = registry.find(name)
  if (found !== undefined) return found
  const near = suggest(name, registry.names())
  const hint = near === null ? '' : ` Did you mean '${near}'?`
  throw new UnknownTaskError(
    name,
    `A middleware changed the task to ${show(name)}, which is not registered.${hint}`,
  )
}

function checkCall(call: unknown): EnqueueCall {
  if (typeof call === 'object' && call !== null) {
    const { task, options } = call as Partial<EnqueueCall>
    if (typeof task === 'string' && typeof options === 'object' && options !== null)
      return call as EnqueueCall
  }
  throw new InvalidOptionError(
    'middleware.enqueue',
    `A middleware must pass a call with task, input and options to next(), got ${show(call)}.`,
  )
}

function checkReceipt(receipt: unknown): EnqueueReceipt {
  if (typeof receipt === 'object' && receipt !== null) {
    const { id, outcome } = receipt as Partial<EnqueueReceipt>
    if (typeof id === 'string' && typeof outcome === 'string') return receipt as EnqueueReceipt
  }
  throw new InvalidOptionError(
    'middleware.enqueue',
    `A middleware must answer the receipt that next() gives, got ${show(receipt)}. Did it forget to return it?`,
  )
}
