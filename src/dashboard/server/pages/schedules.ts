/**
 * Page `schedules`: what fires when, and what it came to the last time.
 * @module
 */
import type { FiringRecord, ScheduleView } from '../../../contract/index.ts'
import type { FiringView, ScheduleRow, SchedulesPage, State } from '../../protocol.ts'
import type { Site } from '../site.ts'

const PAGE = 50
const LONGEST_CURSOR = 128

/** Reads it. */
export async function schedulesPage(site: Site, params: URLSearchParams): Promise<SchedulesPage> {
  const after = cursorOf(params)
  return site.reads.ask(['schedules', after], async () => {
    const { schedules, next } = await site.app.schedules.list({ limit: PAGE, after })
    const histories = await Promise.all(
      schedules.map(({ name }) => site.app.schedules.history(name, { limit: 1 })),
    )
    const latest = histories.map(({ firings }) => firings[0])
    const states = await statesOf(
      site,
      latest.filter((firing) => firing !== undefined),
    )
    const rows = schedules.map((schedule, index) => {
      const firing = latest[index]
      return { ...scheduleRow(schedule), latest: firing === undefined ? null : firingView(firing, states) }
    })
    return { schedules: rows, after, next }
  })
}

/** A row, but for its latest firing. */
export function scheduleRow({
  name,
  job,
  when,
  paused,
  nextAt,
  heldAt,
}: ScheduleView): Omit<ScheduleRow, 'latest'> {
  return { name, task: job.task, queue: job.queue, when, paused, nextAt, held: heldAt !== null }
}

/** The states of the jobs of firings, by id. */
export async function statesOf(
  site: Site,
  firings: readonly FiringRecord[],
): Promise<ReadonlyMap<string, State>> {
  const ids = [...new Set(firings.flatMap(({ jobId }) => jobId ?? []))]
  const { records } = await site.app.ready()
  const jobs = ids.length === 0 ? [] : ((await records?.get(ids)) ?? [])
  return new Map(jobs.filter((job) => job !== null).map(({ id, state }) => [id, state]))
}

/** A firing with what became of its job. */
export function firingView(firing: FiringRecord, states: ReadonlyMap<string, State>): FiringView {
  const { dueAt, outcome, manual, count, jobId } = firing
  return { dueAt, outcome, manual, count, jobId, state: states.get(jobId ?? '') ?? null }
}

/** Where a page begins. What makes no sense is left out, as an old bookmark should still lead somewhere. */
export function cursorOf(params: URLSearchParams): string | null {
  const after = params.get('after') ?? ''
  return after === '' || after.length > LONGEST_CURSOR || /\p{Cc}/u.test(after) ? null : after
}
