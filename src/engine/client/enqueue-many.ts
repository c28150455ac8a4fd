/**
 * Many jobs of one task in one batch: all of them, or none where one is invalid.
 * @module
 */
import type { AnyTask, EnqueueOptions, EnqueueReceipt, NewJob, Receipt } from '../../contract/index.ts'
import {
  InvalidOptionError,
  InvalidPayloadError,
  MillraceError,
  PayloadTooLargeError,
} from '../../contract/index.ts'
import { show } from '../../kit/show.ts'
import { announceEnqueued } from './announce.ts'
import type { ClientContext } from './context.ts'
import { sendJobs } from './enqueue-batcher.ts'
import { hasEnqueueHooks, runEnqueueHooks } from './enqueue-hooks.ts'
import { needFacet } from './facet.ts'
import { Gathering } from './gathering.ts'
import { prepareJob } from './prepare.ts'
import { toReceipt } from './producer.ts'
import { manyError } from './store-error.ts'

/** What one atomic step of a store may reasonably hold; more jobs than this travel in several. */
const MOST_PER_CALL = 10_000

/** The same options for all, or a function that answers those of each. */
export type ManyOptions =
  | EnqueueOptions<never>
  | ((input: never, index: number) => EnqueueOptions<never>)
  | undefined

/**
 * Stores one job for each input. Every input is checked before the first is stored.
 * @throws InvalidPayloadError InvalidOptionError PayloadTooLargeError whose message and field say which input.
 */
export async function enqueueMany(
  context: ClientContext,
  task: AnyTask,
  inputs: readonly unknown[],
  options: ManyOptions,
): Promise<readonly Receipt[]> {
  const { name } = context.registry.policy(task)
  checkArguments(inputs, options)
  if (inputs.length === 0) return []
  const optionsOf = typeof options === 'function' ? (options as OptionsOf) : () => options
  if (hasEnqueueHooks(context.middleware)) return enqueueHooked(context, task, inputs, optionsOf)
  const jobs = await prepareAll(context, task, inputs, optionsOf)
  const receipts = await storeAll(context, jobs)
  return receipts.map((receipt) => toReceipt(receipt, name))
}

type OptionsOf = (input: unknown, index: number) => EnqueueOptions<never> | undefined

function checkArguments(inputs: readonly unknown[], options: ManyOptions): void {
  if (!Array.isArray(inputs)) {
    throw new InvalidOptionError('inputs', `enqueueMany takes a list of inputs, got ${show(inputs)}.`)
  }
  if (typeof options === 'object' && options?.id !== undefined && inputs.length > 1) {
    throw new InvalidOptionError(
      'id',
      'One id for many jobs would store one of them: pass a function that answers the options of each input.',
    )
  }
}

async function prepareAll(
  context: ClientContext,
  task: AnyTask,
  inputs: readonly unknown[],
  optionsOf: OptionsOf,
): Promise<NewJob[]> {
  const jobs = new Array<NewJob>(inputs.length)
  const checking: Promise<void>[] = []
  for (let index = 0; index < inputs.length; index++) {
    try {
      const input = inputs[index]
      const job = prepareJob(context, task, input, optionsOf(input, index))
      if (job instanceof Promise) checking.push(settleInto(jobs, index, inputs.length, job))
      else jobs[index] = job
    } catch (error) {
      // Beside the ones that still run, so that a later failure of theirs has somebody who hears it.
      checking.push(Promise.reject(atIndex(error, index, inputs.length)))
      break
    }
  }
  if (checking.length > 0) await Promise.all(checking)
  return jobs
}

async function settleInto(jobs: NewJob[], index: number, count: number, job: Promise<NewJob>): Promise<void> {
  try {
    jobs[index] = await job
  } catch (error) {
    throw atIndex(error, index, count)
  }
}

async function storeAll(context: ClientContext, jobs: readonly NewJob[]): Promise<readonly EnqueueReceipt[]> {
  try {
    const backend = context.source.current ?? (await context.source.open())
    if (jobs.some((job) => job.unique !== null)) needFacet(backend, 'unique', 'The option unique')
    if (jobs.length <= MOST_PER_CALL) return await storeChunk(context, backend, jobs)
    const receipts: EnqueueReceipt[] = []
    for (let from = 0; from < jobs.length; from += MOST_PER_CALL) {
      receipts.push(...(await storeChunk(context, backend, jobs.slice(from, from + MOST_PER_CALL))))
    }
    return receipts
  } catch (error) {
    throw manyError(error, jobs)
  }
}

async function storeChunk(
  context: ClientContext,
  backend: Parameters<typeof sendJobs>[0],
  jobs: readonly NewJob[],
): Promise<readonly EnqueueReceipt[]> {
  const receipts = await sendJobs(backend, jobs)
  announceEnqueued(context, jobs, receipts)
  return receipts
}

async function enqueueHooked(
  context: ClientContext,
  task: AnyTask,
  inputs: readonly unknown[],
  optionsOf: OptionsOf,
): Promise<readonly Receipt[]> {
  const gathering = new Gathering(inputs.length, (jobs) => storeAll(context, jobs))
  const calls = inputs.map(async (input, index) => {
    let { name } = task
    try {
      const receipt = await runEnqueueHooks(
        context.middleware,
        context.registry,
        task,
        input,
        optionsOf(input, index),
        async (changed, changedInput, changedOptions) => {
          name = changed.name
          return gathering.arrive(index, await prepareJob(context, changed, changedInput, changedOptions))
        },
      )
      gathering.stayedAway(index)
      return toReceipt(receipt, name)
    } catch (error) {
      throw gathering.failed(index, atIndex(error, index, inputs.length))
    }
  })
  return Promise.all(calls)
}

/** The same error, saying which of the inputs is at fault. */
function atIndex(error: unknown, index: number, count: number): unknown {
  if (!(error instanceof MillraceError) || count === 1) return error
  const message = `Input ${index} of ${count} (from 0): ${error.message}`
  const field = error.field === undefined || error.field === '' ? `[${index}]` : `[${index}].${error.field}`
  const details = { ...(error.task === undefined ? {} : { task: error.task }), cause: error }
  if (error instanceof InvalidOptionError) return new InvalidOptionError(field, message, details)
  if (error instanceof PayloadTooLargeError) {
    return new PayloadTooLargeError(
      message,
      { bytes: error.bytes, limit: error.limit },
      { ...details, field },
    )
  }
  if (!(error instanceof InvalidPayloadError)) return error
  const issues = error.issues.map(({ path, message }) => ({
    path: path === '' ? `[${index}]` : `[${index}].${path}`,
    message,
  }))
  return new InvalidPayloadError(message, issues, details)
}
