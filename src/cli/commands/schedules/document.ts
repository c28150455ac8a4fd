/**
 * A schedule as commands print it.
 * @module
 */
import type { ScheduleView } from '../../../contract/index.ts'

/** What it is about to do, in a word. */
export function scheduleState({ paused, nextAt, heldAt }: ScheduleView): string {
  if (paused) return 'paused'
  if (heldAt !== null) return 'held'
  return nextAt === null ? 'over' : 'waiting'
}

/** A schedule as JSON has it: its input decoded, and no encoded payload. */
export function scheduleDocument(schedule: ScheduleView): object {
  const { job, inputHash: _hash, ...rest } = schedule
  const { payload: _payload, ...options } = job
  return { ...rest, state: scheduleState(schedule), job: options }
}
