/**
 * A whole store into another: what is paused, then the schedules, then the jobs.
 * @module
 */
import type { MoveEnd } from './ends.ts'
import { type JobAccount, type MoveOptions, moveJobs } from './move-jobs.ts'
import { moveSchedules, type ScheduleAccount } from './move-schedules.ts'

/** What a move came to. */
export interface MoveAccount extends JobAccount {
  /** Queues that are paused here and were therefore paused there. */
  readonly paused: readonly string[]
  readonly schedules: ScheduleAccount
}

/** Schedules go before jobs, as a store in which they fire would never be empty. */
export async function moveStore(from: MoveEnd, to: MoveEnd, options: MoveOptions): Promise<MoveAccount> {
  const paused = await copyPauses(from, to)
  const schedules = await moveSchedules(from, to)
  const jobs = await moveJobs(from, to, options)
  return { ...jobs, paused, schedules }
}

/** A queue that was stopped on purpose must not start to run because its jobs have moved. */
async function copyPauses(from: MoveEnd, to: MoveEnd): Promise<readonly string[]> {
  const paused = (await from.limits?.paused()) ?? []
  if (paused.length === 0) return []
  if (to.limits === undefined) {
    throw new Error(
      `The target store cannot pause queues, and these are paused here: ${paused.join(', ')}. Resume or drain them first.`,
    )
  }
  await to.limits.pause(paused)
  return paused
}
