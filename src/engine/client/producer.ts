/**
 * Enqueueing: one job, many, or through a store of the caller's choice (its transaction).
 * @module
 */
import type { AnyTask, EnqueueOptions, EnqueueReceipt, NewJob, Receipt } from '../../contract/index.ts'
import type { ClientContext } from './context.ts'
import { EnqueueBatcher } from './enqueue-batcher.ts'
import { hasEnqueueHooks, runEnqueueHooks } from './enqueue-hooks.ts'
import { needFacet } from './facet.ts'
import { prepareJob } from './prepare.ts'

type Options = EnqueueOptions<never> | undefined

/** Stores one prepared job. */
type Store = (job: NewJob) => Promise<EnqueueReceipt>

/** Enqueues single jobs, through the tick's batch. */
export class Producer {
  readonly #context: ClientContext
  readonly #batcher: EnqueueBatcher
  readonly #addHooked: Store = (job) => this.#add(job)

  constructor(context: ClientContext) {
    this.#context = context
    this.#batcher = new EnqueueBatcher(context)
  }

  /** Stores one job; rejects rather than throws. */
  enqueue(task: AnyTask, input: unknown, options: Options): Promise<Receipt> {
    if (hasEnqueueHooks(this.#context.middleware)) {
      return enqueueHooked(this.#context, task, input, options, this.#addHooked)
    }
    try {
      const job = prepareJob(this.#context, task, input, options)
      return job instanceof Promise ? job.then((ready) => this.#add(ready)) : this.#add(job)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #add(job: NewJob): Promise<Receipt> {
    return job.unique === null ? this.#batcher.add(job) : this.#addUnique(job)
  }

  async #addUnique(job: NewJob): Promise<Receipt> {
    const { source } = this.#context
    needFacet(source.current ?? (await source.open()), 'unique', 'The option unique')
    return this.#batcher.add(job)
  }

  /** Refuses further jobs, and resolves once those under way are stored or refused. */
  close(): Promise<void> {
    return this.#batcher.close()
  }
}

/**
 * Enqueues past the batch, with `store`. Where neither schema nor middleware is asynchronous, `store` has been
 * called when this returns. Rejects rather than throws.
 */
export function enqueueInto(
  context: ClientContext,
  task: AnyTask,
  input: unknown,
  options: Options,
  store: Store,
): Promise<Receipt> {
  if (hasEnqueueHooks(context.middleware)) return enqueueHooked(context, task, input, options, store)
  try {
    const job = prepareJob(context, task, input, options)
    const stored = job instanceof Promise ? job.then(store) : store(job)
    return stored.then((receipt) => toReceipt(receipt, task.name))
  } catch (error) {
    return Promise.reject(error)
  }
}

async function enqueueHooked(
  context: ClientContext,
  task: AnyTask,
  input: unknown,
  options: Options,
  store: Store,
): Promise<Receipt> {
  let { name } = context.registry.policy(task)
  const receipt = await runEnqueueHooks(
    context.middleware,
    context.registry,
    task,
    input,
    options,
    async (changed, changedInput, changedOptions) => {
      name = changed.name
      return store(await prepareJob(context, changed, changedInput, changedOptions))
    },
  )
  return toReceipt(receipt, name)
}

/** A backend's receipt as callers get it. */
export function toReceipt({ id, outcome }: EnqueueReceipt, task: string): Receipt {
  return { id, outcome, task }
}
