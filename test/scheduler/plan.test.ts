/** What fires: missed and overlap policies, and jitter. */
import { expect, test } from 'vitest'
import type { NewFiring, ScheduleRecord } from '../../src/contract/index.ts'
import { firingId } from '../../src/scheduler/firing-job.ts'
import { planFirings } from '../../src/scheduler/plan.ts'
import { makeRoom, sweep } from './room.ts'

const MINUTE = 60_000

/** A stored schedule that fires every minute from 1 minute on. */
async function everyMinute(options: Partial<ScheduleRecord> = {}): Promise<ScheduleRecord> {
  const { control, backend } = makeRoom({ start: '1970-01-01T00:00:00Z' })
  await control.put('m', { task: sweep, every: '1m' })
  const [row] = (await backend.schedules?.get(['m'])) ?? []
  if (row === null || row === undefined) throw new Error('The schedule was not stored.')
  expect(row.nextAt).toBe(MINUTE)
  return { ...row, ...options }
}

/** Outcomes with the minutes they are due. */
const brief = (firings: readonly NewFiring[]): string[] =>
  firings.map(({ outcome, dueAt, count }) => `${outcome} ${dueAt / MINUTE}${count > 1 ? ` x${count}` : ''}`)

test('nothing is planned before its time', async () => {
  expect(planFirings(await everyMinute(), MINUTE - 1, [])).toBeNull()
  expect(planFirings(await everyMinute({ nextAt: null }), 9 * MINUTE, [])).toBeNull()
})

test('on time: one firing, whatever the missed policy', async () => {
  for (const missed of ['skip', 'once', 'all'] as const) {
    const plan = planFirings(await everyMinute({ missed }), MINUTE + 5, [])
    expect(brief(plan?.firings ?? [])).toEqual(['enqueued 1'])
    expect(plan?.schedule).toMatchObject({
      nextAt: 2 * MINUTE,
      lastAt: MINUTE,
      openJobs: [firingId('m', MINUTE)],
    })
    expect(plan?.firings[0]?.job).toMatchObject({
      id: firingId('m', MINUTE),
      task: 'sweep',
      dueAt: MINUTE,
      meta: { schedule: 'm', scheduledFor: '1970-01-01T00:01:00.000Z' },
    })
  }
})

test.each([
  ['once', 100, ['missed 1 x4', 'enqueued 5']],
  ['skip', 100, ['missed 1 x4', 'enqueued 5']],
  ['all', 100, ['enqueued 1', 'enqueued 2', 'enqueued 3', 'enqueued 4', 'enqueued 5']],
  ['all', 2, ['missed 1 x3', 'enqueued 4', 'enqueued 5']],
] as const)('missed firings: %s, up to %i', async (missed, missedLimit, expected) => {
  const plan = planFirings(await everyMinute({ missed, missedLimit }), 5 * MINUTE + 5, [])
  expect(brief(plan?.firings ?? [])).toEqual(expected)
  expect(plan?.schedule.nextAt).toBe(6 * MINUTE)
})

test('skip leaves out the latest too where it is more than a minute late', async () => {
  const hourly = await everyMinute({ missed: 'skip', timing: { kind: 'every', everyMs: 60 * MINUTE } })
  const late = planFirings({ ...hourly, nextAt: 60 * MINUTE }, 61 * MINUTE + 1, [])
  expect(brief(late?.firings ?? [])).toEqual(['missed 60'])
  const inTime = planFirings({ ...hourly, nextAt: 60 * MINUTE }, 61 * MINUTE, [])
  expect(brief(inTime?.firings ?? [])).toEqual(['enqueued 60'])
})

test('two weeks of a firing a second are made up for once, or the latest thousand times', async () => {
  const timing = { kind: 'cron', pattern: '* * * * * *', zone: 'UTC' } as const
  const now = 14 * 24 * 60 * MINUTE
  const once = planFirings(await everyMinute({ timing }), now, [])
  expect(once?.firings.map(({ outcome, count }) => [outcome, count])).toEqual([
    ['missed', 1_000],
    ['enqueued', 1],
  ])
  const all = planFirings(await everyMinute({ timing, missed: 'all', missedLimit: 1_000 }), now, [])
  expect(all?.firings.filter(({ outcome }) => outcome === 'enqueued')).toHaveLength(1_000)
  expect(all?.schedule.nextAt).toBe(now + 1_000)
})

test('overlap skip: nothing while a job is unfinished', async () => {
  const row = await everyMinute({ overlap: 'skip', openJobs: ['a', 'b'] })
  const plan = planFirings(row, MINUTE, ['b'])
  expect(brief(plan?.firings ?? [])).toEqual(['skipped 1'])
  expect(plan?.schedule).toMatchObject({ nextAt: 2 * MINUTE, openJobs: ['b'] })
  expect(brief(planFirings(row, MINUTE, [])?.firings ?? [])).toEqual(['enqueued 1'])
})

test('overlap queue-one: one waits for the earlier job, and has its turn then', async () => {
  const row = await everyMinute({ overlap: 'queue-one', openJobs: ['a'] })
  const first = planFirings(row, MINUTE, ['a'])
  expect(brief(first?.firings ?? [])).toEqual(['held 1'])
  const second = planFirings(first?.schedule ?? row, 2 * MINUTE, ['a'])
  expect(brief(second?.firings ?? [])).toEqual(['skipped 2'])
  expect(second?.schedule).toMatchObject({ heldAt: MINUTE, openJobs: ['a'] })
  expect(planFirings(second?.schedule ?? row, 2 * MINUTE + 1, ['a'])).toBeNull()
  const third = planFirings(second?.schedule ?? row, 2 * MINUTE + 2, [])
  expect(brief(third?.firings ?? [])).toEqual(['enqueued 1'])
  expect(third?.schedule).toMatchObject({
    heldAt: null,
    nextAt: 3 * MINUTE,
    openJobs: [firingId('m', MINUTE)],
  })
  const fourth = planFirings(second?.schedule ?? row, 3 * MINUTE, [])
  expect(brief(fourth?.firings ?? [])).toEqual(['enqueued 1', 'held 3'])
})

test('overlap cancel-running: the latest firing waits for the job that is cancelled', async () => {
  const row = await everyMinute({ overlap: 'cancel-running', openJobs: ['a'] })
  const first = planFirings(row, MINUTE, ['a'])
  expect(brief(first?.firings ?? [])).toEqual(['held 1'])
  const second = planFirings(first?.schedule ?? row, 2 * MINUTE, ['a'])
  expect(brief(second?.firings ?? [])).toEqual(['skipped 1', 'held 2'])
  expect(second?.schedule.heldAt).toBe(2 * MINUTE)
})

test('a firing that waited has its turn when the policy is changed to allow', async () => {
  const plan = planFirings(await everyMinute({ heldAt: 30_000 }), 30_001, ['a'])
  expect(brief(plan?.firings ?? [])).toEqual(['enqueued 0.5'])
})

test('jitter: the same for everybody, within its bound, and another one each time', async () => {
  const row = await everyMinute({ jitterMs: 10_000, missed: 'all' })
  const delays = (now: number): number[] =>
    (planFirings(row, now, [])?.firings ?? []).map(({ job, dueAt }) => (job?.dueAt ?? 0) - dueAt)
  const found = delays(100 * MINUTE)
  expect(found).toHaveLength(100)
  expect(delays(100 * MINUTE)).toEqual(found)
  expect(Math.min(...found)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...found)).toBeLessThanOrEqual(10_000)
  expect(new Set(found).size).toBeGreaterThan(90)
  expect(Math.max(...found) - Math.min(...found)).toBeGreaterThan(8_000)
})
