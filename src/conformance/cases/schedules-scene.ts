/**
 * What the cases about schedules share.
 * @module
 */
import type { NewFiring, ScheduleRecord } from '../../contract/index.ts'
import { matches, ok } from '../expect.ts'
import type { Scene, Script } from '../scene.ts'

/** What a schedule of the suite is made of; nothing of it means anything to a store but the times. */
export function plainSchedule(scene: Scene, options: Partial<ScheduleRecord> = {}): ScheduleRecord {
  const {
    id: _id,
    delayMs: _delay,
    dueAt: _due,
    ...job
  } = scene.job({ payload: '{"n":1}', tags: ['nightly'] })
  return {
    name: 'nightly',
    source: 'dynamic',
    group: null,
    timing: {
      kind: 'calendar',
      rule: { at: '02:30', weekdays: ['monday', 'last friday'] },
      zone: 'Europe/Berlin',
    },
    startAt: null,
    endAt: 4_000_000_000_000,
    jitterMs: 0,
    overlap: 'allow',
    missed: 'all',
    missedLimit: 7,
    job: { ...job, meta: { ünïcode: ['✓', null, 1.5] } },
    inputHash: 'hash',
    revision: 0,
    paused: false,
    nextAt: null,
    heldAt: null,
    lastAt: null,
    openJobs: ['one', 'two'],
    createdAt: 1,
    changedAt: 2,
    ...options,
  }
}

/** A firing of the suite that enqueues this job. */
export function firingOf(scene: Scene, id: string, dueAt = 1_000): NewFiring {
  return { dueAt, outcome: 'enqueued', manual: false, count: 1, job: scene.job({ id }) }
}

/** Writes one schedule, and answers it as it is stored then. */
export async function store(scene: Scene, schedule: ScheduleRecord, firings: readonly NewFiring[] = []) {
  const facet = scene.facet('schedules')
  const [answer] = await facet.write([{ schedule, firings }])
  matches(answer, { written: true }, `writing ${schedule.name}`)
  const [row] = await facet.get([schedule.name])
  ok(row !== null && row !== undefined, `${schedule.name} is stored`)
  return row
}

/** A case that needs schedules and reads jobs. */
export function about(title: string, play: (scene: Scene) => Promise<void>): Script {
  return { title, facets: ['schedules', 'records'], play }
}
