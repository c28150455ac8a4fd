/**
 * Writing schedules, and telling what came of it.
 * @module
 */
import type { Backend, ScheduleChange, SchedulesFacet, ScheduleWritten } from '../contract/index.ts'
import { UnsupportedFacetError } from '../contract/index.ts'
import type { SchedulerContext } from './ports.ts'

/** A page of schedules, where all of them are walked through. */
const PAGE = 500

/**
 * The backend's facet.
 * @throws UnsupportedFacetError where it has none.
 */
export function schedulesOf(backend: Backend, wanted: string): SchedulesFacet {
  if (backend.schedules !== undefined) return backend.schedules
  throw new UnsupportedFacetError(
    `${wanted} needs the facet 'schedules' (keeping schedules), which the backend '${backend.name}' does not have. ` +
      'Use a backend that has it, such as SQLite.',
  )
}

/** Every stored schedule. */
export async function allSchedules(facet: SchedulesFacet): Promise<ScheduleChange['schedule'][]> {
  const found: ScheduleChange['schedule'][] = []
  let after: string | null = null
  do {
    const page = await facet.list({ limit: PAGE, after })
    found.push(...page.schedules)
    after = page.next
  } while (after !== null)
  return found
}

/** Writes the changes, and emits an event for each firing that became true. */
export async function writeSchedules(
  context: Pick<SchedulerContext, 'events' | 'clock'>,
  facet: SchedulesFacet,
  changes: readonly ScheduleChange[],
  now: number,
): Promise<readonly ScheduleWritten[]> {
  const answers = await facet.write(changes)
  for (const [index, change] of changes.entries()) {
    const answer = answers[index]
    if (answer?.written === true) announce(context, change, answer, now)
  }
  return answers
}

function announce(
  { events, clock }: Pick<SchedulerContext, 'events' | 'clock'>,
  { schedule, firings }: ScheduleChange,
  { receipts }: ScheduleWritten,
  now: number,
): void {
  const at = clock.now()
  let used = 0
  for (const { job, dueAt, outcome, count } of firings) {
    const receipt = job === null ? undefined : receipts[used++]
    const jobId = receipt?.id ?? null
    const lagMs = Math.max(0, now - dueAt)
    events.emit('schedule:fired', { at, schedule: schedule.name, outcome, dueAt, lagMs, count, jobId })
    if (job === null || receipt === undefined) continue
    const { task, queue } = job
    events.emit('job:enqueued', { at, id: receipt.id, task, queue, outcome: receipt.outcome })
  }
}
