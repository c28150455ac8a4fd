/**
 * Runs one job of one task by itself, as a worker would.
 * @module
 */
import type { AnyTask, EnqueueOptions, JobView } from '../../contract/index.ts'
import { InvalidOptionError } from '../../contract/index.ts'
import { checkInteger } from '../../kit/check.ts'
import { formatDuration } from '../../kit/durations.ts'
import { TestClock } from '../test-clock.ts'
import { makeWorld, type World } from '../world.ts'
import { drain } from './drain.ts'
import { readDrainOptions } from './drain-options.ts'
import type { RunOptions, RunResult } from './run-options.ts'

/**
 * Stores the job in a store of its own, so that no other job can come in between, and runs it through codecs,
 * validation and middleware. What its handler enqueues goes to the app the handler knows.
 *
 * @throws what the handler threw, unless failures are allowed; RunError where the job neither failed nor
 * succeeded; InvalidOptionError where no handler is known.
 */
export async function run(
  { recipe, clock }: Pick<World, 'recipe' | 'clock'>,
  task: AnyTask,
  input: unknown,
  options: RunOptions<never> = {},
): Promise<RunResult<unknown>> {
  const { attempt = 1, retries = false, allowFailures = false, patience = '4s', ...enqueueOptions } = options
  refuseOther(enqueueOptions)
  const plan = readDrainOptions({ allowFailures: true, patience }, 'drain()')
  const world = makeWorld(withTask(recipe, task), new TestClock(clock.now()))
  try {
    const { id } = await enqueue(world.app, task, input, enqueueOptions)
    if (checkInteger(attempt, 'attempt', 1, 1_000_000) > 1)
      await pretendEarlierAttempts(world, id, attempt - 1)
    await drain(world, plan, retries ? 'end' : 'now')
    const result = await readRun(world, id)
    if (result.state !== 'succeeded' && !allowFailures) throw failure(task, result)
    return result
  } finally {
    await world.app.close()
  }
}

/** The run ended, and nothing was thrown that could be rethrown. */
export class RunError extends Error {
  readonly result: RunResult<unknown>

  constructor(message: string, result: RunResult<unknown>) {
    super(message)
    this.name = 'RunError'
    this.result = result
  }
}

/** A job that is run now has no due time, and alone in its store it has nothing to be unique among. */
function refuseOther(options: object): void {
  for (const field of ['delay', 'at', 'expires', 'unique']) {
    if (!(field in options)) continue
    throw new InvalidOptionError(
      field,
      `run() runs the job at once and by itself: leave the option ${field} out.`,
    )
  }
}

/** A task that the app does not know can be run all the same. */
function withTask(recipe: World['recipe'], task: AnyTask): World['recipe'] {
  const known = recipe.tasks.find(({ name }) => name === task?.name)
  const tasks = known === undefined ? [...recipe.tasks, task] : recipe.tasks
  if ((known ?? task)?.runnable === false) {
    const message = `Task '${task.name}' has no handler here: pass the task made with .handle(), or register it.`
    throw new InvalidOptionError('task', message, { task: task.name })
  }
  return { ...recipe, tasks }
}

/** The types of a single call are checked where the test makes it. */
function enqueue(
  app: World['app'],
  task: AnyTask,
  input: unknown,
  options: EnqueueOptions<never>,
): Promise<{ id: string }> {
  return app.enqueue(task, input, options as EnqueueOptions)
}

async function pretendEarlierAttempts({ backend }: World, id: string, attempts: number): Promise<void> {
  const [stored] = await backend.records.export([id])
  if (!stored) return
  const { job } = stored
  if (attempts >= job.maxAttempts) {
    const message = `attempt is ${attempts + 1}, and the job has ${job.maxAttempts}: set retry, too.`
    throw new InvalidOptionError('attempt', message, { task: job.task })
  }
  await backend.records.delete([id])
  await backend.records.restore([{ ...stored, job: { ...job, attempt: attempts } }])
}

async function readRun({ app, journal, thrown }: World, id: string): Promise<RunResult<unknown>> {
  const job = (await app.get(id)) as JobView
  const last = journal.lastAttempt(id)
  return {
    id,
    state: job.state,
    output: job.output,
    error: last === null ? undefined : thrown.of(last),
    reason: job.reason,
    againInMs: last !== null && 'delayMs' in last.outcome ? last.outcome.delayMs : null,
    logs: await app.logs(id),
    progress: job.progress,
    attempts: await app.attempts(id),
  }
}

function failure(task: AnyTask, result: RunResult<unknown>): unknown {
  if (result.error !== undefined) return result.error
  const again = result.againInMs === null ? '' : `, to run again in ${formatDuration(result.againInMs)}`
  const reason = result.reason === null ? '' : ` (${result.reason})`
  return new RunError(
    `Task '${task.name}' did not succeed: its job is ${result.state}${reason}${again}. Where the test means it, pass ` +
      '{ allowFailures: true } and look at the result.',
    result,
  )
}
