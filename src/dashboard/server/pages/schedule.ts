/**
 * Page `schedule`: one of them, with its next times and what it fired.
 * @module
 */
import type { ScheduleView } from '../../../contract/index.ts'
import type { PayloadView, SchedulePage } from '../../protocol.ts'
import { notFound } from '../problem.ts'
import type { Site } from '../site.ts'
import { cursorOf, firingView, scheduleRow, statesOf } from './schedules.ts'

const FIRINGS = 25
const UPCOMING = 5

/** Reads it. @throws Problem where there is no such schedule. */
export async function schedulePage(site: Site, name: string, params: URLSearchParams): Promise<SchedulePage> {
  const after = cursorOf(params)
  return site.reads.ask(['schedule', name, after], async () => {
    const { schedules } = site.app
    const schedule = await schedules.get(name)
    if (schedule === null) throw notFound('There is no schedule of this name. It may have been removed.')
    const [upcoming, { firings, next }] = await Promise.all([
      schedules.next(name, UPCOMING),
      schedules.history(name, { limit: FIRINGS, after }),
    ])
    const states = await statesOf(site, firings)
    return {
      schedule: { ...scheduleRow(schedule), ...factsOf(schedule) },
      input: inputOf(site, schedule),
      upcoming: upcoming.map((date) => date.getTime()),
      firings: firings.map((firing) => firingView(firing, states)),
      after,
      next,
    }
  })
}

function factsOf(schedule: ScheduleView) {
  const { source, group, overlap, missed, missedLimit, jitterMs, createdAt, changedAt } = schedule
  const made = missed === 'all' ? `all, at most ${missedLimit}` : missed
  return { source, group, overlap, missed: made, jitterMs, createdAt, changedAt }
}

function inputOf(site: Site, { input, job }: ScheduleView): PayloadView {
  const isUnread = input === undefined && job.payload !== ''
  const trouble = isUnread ? 'it was written with a codec that this dashboard does not have.' : null
  return { ...site.redactor.redact(input), trouble }
}
