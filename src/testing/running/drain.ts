/**
 * Runs what waits, with a real worker, until nothing is left to run.
 * @module
 */
import type { Worker, WorkerOptions } from '../../contract/index.ts'
import { everyRealMs, needRealTimers } from '../real-time.ts'
import type { World } from '../world.ts'
import { endlessError, failedError, stuckError } from './drain-errors.ts'
import type { DrainPlan } from './drain-options.ts'
import { type DrainSummary, leftFailed, summarize } from './drain-summary.ts'
import { countWaiting, findWaiting, type WaitingJobs } from './waiting-jobs.ts'

/** How far a drain may move the clock: not at all, to a time, or as far as there is work. */
export type Horizon = 'now' | 'end' | number

/** A test worker claims only what it can run at once, and leaves house-keeping alone. */
const WORKER: WorkerOptions = { prefetch: 0, maintenance: false, schedules: false, grace: 0 }

/** How often it is looked whether an attempt has ended, within the longest time one may take. */
const LOOKS = 8

/**
 * Runs jobs until none is left that is due, and where the horizon is later moves the clock to the next due time
 * and goes on.
 *
 * @throws DrainError where jobs were left failed (unless they may), an attempt hangs, or there is no end of them;
 * InvalidOptionError where timers are faked.
 */
export async function drain(world: World, plan: DrainPlan, horizon: Horizon): Promise<DrainSummary> {
  await needRealTimers('drain()')
  const { journal, clock, flights } = world
  const from = journal.attempts.length
  const summary = async (): Promise<DrainSummary> => summarize(world, from, await countWaiting(world))
  const endAt =
    typeof horizon === 'number' ? horizon : horizon === 'end' ? Number.POSITIVE_INFINITY : clock.now()
  journal.allow(plan.limit)
  try {
    for (;;) {
      await flights.landed()
      const waiting = await findWaiting(world, plan.queues)
      if (waiting.due) {
        if (journal.room < 1) throw endlessError(plan.limit, await summary())
        await runDue(world, plan, waiting, summary)
      } else if (waiting.nextDueAt !== null && waiting.nextDueAt <= endAt) {
        clock.set(waiting.nextDueAt)
      } else break
    }
  } finally {
    journal.allow(Number.POSITIVE_INFINITY)
  }
  if (typeof horizon === 'number' && horizon > clock.now()) clock.set(horizon)
  const done = await summary()
  const failures = leftFailed(done)
  if (failures.length > 0 && !plan.allowFailures) throw failedError(failures, done)
  return done
}

/** One worker, from start to stop. Jobs that its jobs enqueue into other queues are for the next one. */
async function runDue(
  world: World,
  plan: DrainPlan,
  waiting: WaitingJobs,
  summary: () => Promise<DrainSummary>,
): Promise<void> {
  const { journal, app } = world
  const ended = journal.attempts.length
  const queues = inOrder(waiting.queues, world.recipe.options.worker?.queues)
  const worker = app.worker({ ...WORKER, id: 'drain', slots: plan.slots, queues })
  try {
    await worker.start()
    if (!(await settles(world, worker, plan.patienceMs))) {
      throw stuckError(journal.active, plan.patienceMs, await summary())
    }
  } finally {
    await worker.stop()
  }
  if (journal.attempts.length > ended) return
  // Jobs that were past their expiry are gone by now; any other would be looked at for ever.
  const left = await findWaiting(world, plan.queues)
  if (left.due && left.jobs >= waiting.jobs) throw stuckError([], plan.patienceMs, await summary())
}

/** The order in which the app's own workers empty their queues, as far as it is strict; then the others. */
function inOrder(queues: readonly string[], own: WorkerOptions['queues']): readonly string[] {
  const strict: readonly string[] = Array.isArray(own) ? own : []
  return [
    ...strict.filter((name) => queues.includes(name)),
    ...queues.filter((name) => !strict.includes(name)),
  ]
}

/** Waits for the worker to come to rest; false once no attempt has ended for longer than one may take. */
async function settles({ journal }: World, worker: Worker, patienceMs: number): Promise<boolean> {
  let stopWatch: () => void = () => {}
  const stuck = new Promise<false>((resolve) => {
    let ended = journal.attempts.length
    let looks = 0
    stopWatch = everyRealMs(patienceMs / LOOKS, () => {
      looks = journal.attempts.length === ended ? looks + 1 : 0
      ended = journal.attempts.length
      if (looks >= LOOKS) resolve(false)
    })
  })
  try {
    return await Promise.race([worker.idle().then(() => true as const), stuck])
  } finally {
    stopWatch()
  }
}
