/**
 * The schedules that the killed schedulers share.
 * @module
 */
import type { AnyTask } from '../../src/contract/index.ts'
import type { GivenSchedule } from '../../src/scheduler/definition.ts'

const SECONDS = [1, 1, 1, 1, 1, 2, 3, 5]

/** Eight by interval, one by cron and one by calendar; none may leave out a firing. */
export function declaredSchedules(task: AnyTask): Readonly<Record<string, GivenSchedule>> {
  const missed = { all: 1_000 }
  const intervals = SECONDS.map((seconds, index): [string, GivenSchedule] => [
    `interval-${index}`,
    { task, every: `${seconds}s`, missed },
  ])
  return {
    ...Object.fromEntries(intervals),
    cron: { task, cron: '*/2 * * * * *', zone: 'Australia/Lord_Howe', missed, jitter: '30s' },
    calendar: { task, calendar: { at: ['00:00:00', '12:00:00'] }, missed },
  }
}
