/**
 * The job of one firing.
 * @module
 */
import type { NewJob, ScheduleRecord } from '../contract/index.ts'
import { deterministicId } from '../kit/ids.ts'

/** The same for everybody who fires this schedule at this time: whoever comes second enqueues nothing. */
export function firingId(name: string, dueAt: number): string {
  return deterministicId('schedule firing', name, String(dueAt))
}

/**
 * The job of a schedule's firing. The handler finds the schedule and the time it fires for in `job.meta`.
 * @param id default: the id that this firing always has.
 */
export function firingJob(
  schedule: Pick<ScheduleRecord, 'name' | 'job' | 'jitterMs'>,
  dueAt: number,
  id = firingId(schedule.name, dueAt),
): NewJob {
  const { name, job, jitterMs } = schedule
  const meta = { ...job.meta, schedule: name, scheduledFor: new Date(dueAt).toISOString() }
  return { ...job, id, delayMs: 0, dueAt: dueAt + jitterOf(name, dueAt, jitterMs), meta }
}

/** From 0 to `jitterMs`, evenly spread over a schedule's firings. */
function jitterOf(name: string, dueAt: number, jitterMs: number): number {
  if (jitterMs === 0) return 0
  const word = Number.parseInt(deterministicId('schedule jitter', name, String(dueAt)).slice(0, 8), 16)
  return Math.floor((word / 2 ** 32) * (jitterMs + 1))
}
