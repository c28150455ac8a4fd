/**
 * One call of `runMany`: many attempts in one slot, each with its own outcome.
 * @module
 */
import type { BatchItem, BatchResult, Job } from '../../../contract/index.ts'
import { show } from '../../../kit/show.ts'
import type { Attempt, SharedSlot } from './attempt.ts'
import type { Runner } from './runner.ts'
import type { BatchPlan, TaskPlan } from './task-plan.ts'

/** An attempt whose input is there. */
interface Ready {
  readonly attempt: Attempt
  readonly job: Job
  readonly input: unknown
}

/** An item that has come through the middleware, and waits for the others. */
interface Arrived extends BatchItem<unknown, unknown> {
  readonly attempt: Attempt
  readonly resolve: (output: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Frees the slot when the last attempt of a batch has its outcome. */
export class BatchSlot implements SharedSlot {
  #left: number
  readonly #free: () => void
  /** One of the attempts has its outcome. */
  onOver: () => void = () => undefined

  constructor(attempts: number, free: () => void) {
    this.#left = attempts
    this.#free = free
  }

  oneOver(): void {
    this.#left -= 1
    if (this.#left === 0) this.#free()
    this.onOver()
  }
}

/** Runs a batch. Never rejects: whatever goes wrong is the outcome of the attempts it went wrong for. */
export async function runBatch(
  runner: Runner,
  plan: TaskPlan,
  batch: BatchPlan,
  attempts: readonly Attempt[],
  slot: BatchSlot,
): Promise<void> {
  const ready = await readInputs(runner, attempts)
  // What was cancelled or timed out meanwhile has its outcome; the handler should not see it any more.
  const live = ready.filter(({ attempt }) => !attempt.over)
  if (live.length === 0) return
  if (runner.wraps) await runWrapped(runner, live, slot, (items) => callHandler(plan, batch, items))
  else await runPlain(runner, plan, batch, live)
}

async function readInputs(runner: Runner, attempts: readonly Attempt[]): Promise<Ready[]> {
  const ready: Ready[] = []
  for (const attempt of attempts) {
    try {
      const input = runner.input(attempt)
      ready.push({ attempt, job: runner.job(attempt), input: input instanceof Promise ? await input : input })
    } catch (error) {
      runner.inputFailed(attempt, error)
    }
  }
  return ready
}

async function runPlain(
  runner: Runner,
  plan: TaskPlan,
  batch: BatchPlan,
  ready: readonly Ready[],
): Promise<void> {
  const results = await callHandler(plan, batch, ready)
  for (const [index, { attempt }] of ready.entries()) {
    const result = results[index]
    if (result?.ok === true) runner.succeeded(attempt, result.output)
    else runner.failed(attempt, result?.error)
  }
}

/** The handler is called once every item has come through the middleware, or has ended on the way. */
async function runWrapped(
  runner: Runner,
  ready: readonly Ready[],
  slot: BatchSlot,
  call: CallHandler,
): Promise<void> {
  const rally = new Rally(
    ready.map(({ attempt }) => attempt),
    call,
  )
  slot.onOver = () => rally.look()
  await Promise.all(
    ready.map(async ({ attempt, job, input }) => {
      try {
        const output = await runner.inside(job, input, (value) => rally.arrive(attempt, job, value))
        runner.succeeded(attempt, output)
      } catch (error) {
        runner.failed(attempt, error)
      }
    }),
  )
}

type CallHandler = (items: readonly BatchItem<unknown, unknown>[]) => Promise<readonly BatchResult<unknown>[]>

/** Where the items of a batch wait for each other. An attempt that has its outcome is waited for no more. */
class Rally {
  readonly #onTheWay: Set<Attempt>
  readonly #call: CallHandler
  #arrived: Arrived[] = []

  constructor(attempts: readonly Attempt[], call: CallHandler) {
    this.#onTheWay = new Set(attempts)
    this.#call = call
  }

  /** Answers what the handler says of this item. */
  arrive(attempt: Attempt, job: Job, input: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#onTheWay.delete(attempt)
      this.#arrived.push({ attempt, job, input, resolve, reject })
      this.look()
    })
  }

  /** Calls the handler where nobody has to be waited for any more. */
  look(): void {
    for (const attempt of this.#onTheWay) {
      if (!attempt.over) return
    }
    const arrived = this.#arrived
    this.#arrived = []
    const items = arrived.filter(({ attempt }) => !attempt.over)
    for (const { attempt, reject } of arrived) {
      // Where the middleware has ended by itself, nobody waits for an answer.
      if (attempt.over && attempt.ending !== 'none') reject(tooLate(attempt))
    }
    if (items.length > 0) void this.#answer(items)
  }

  async #answer(items: readonly Arrived[]): Promise<void> {
    const results = await this.#call(items)
    for (const [index, item] of items.entries()) {
      const result = results[index]
      if (result?.ok === true) item.resolve(result.output)
      else item.reject(result?.error)
    }
  }
}

/** What the middleware hears of an item that had its outcome before the handler could be called. */
function tooLate({ claimed, reason }: Attempt): Error {
  return new Error(
    `Attempt ${claimed.attempt} of job ${claimed.id} has its outcome: runMany is not called for it.`,
    {
      cause: reason,
    },
  )
}

/** One result per item, in order, whatever the handler does. */
async function callHandler(
  plan: TaskPlan,
  batch: BatchPlan,
  items: readonly BatchItem<unknown, unknown>[],
): Promise<readonly BatchResult<unknown>[]> {
  try {
    const results: unknown = await batch.handler(items.map(({ input, job }) => ({ input, job })))
    if (!Array.isArray(results) || results.length !== items.length) {
      const got = Array.isArray(results) ? `${results.length}` : show(results)
      throw new TypeError(
        `runMany of task '${plan.task.name}' must answer a list with one result for each of its ${items.length} items, got ${got}.`,
      )
    }
    return (results as readonly unknown[]).map((result) => checkResult(plan, result))
  } catch (error) {
    return items.map(() => ({ ok: false, error }))
  }
}

function checkResult(plan: TaskPlan, result: unknown): BatchResult<unknown> {
  if (typeof result === 'object' && result !== null && 'ok' in result) {
    if (result.ok === true) return { ok: true, output: 'output' in result ? result.output : undefined }
    if (result.ok === false) return { ok: false, error: 'error' in result ? result.error : undefined }
  }
  const forms = '{ ok: true, output } or { ok: false, error }'
  const error = new TypeError(
    `A result of runMany of task '${plan.task.name}' must be ${forms}, got ${show(result)}.`,
  )
  return { ok: false, error }
}
