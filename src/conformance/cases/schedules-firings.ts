/**
 * What schedules fire: jobs and history in the step that moves the row on, once however many try.
 * @module
 */
import type { NewFiring, ScheduleRecord } from '../../contract/index.ts'
import { FIRINGS_KEPT } from '../../contract/index.ts'
import { Bell } from '../bell.ts'
import { equal, matches, ok } from '../expect.ts'
import { topic } from '../scene.ts'
import { about, firingOf, plainSchedule, store } from './schedules-scene.ts'

export const firingCases = topic('schedules', {
  fires: about('what a change fires is enqueued as by enqueue, and is in the history', async (scene) => {
    const before = await scene.now()
    await scene.add({ id: 'there' })
    const firings: NewFiring[] = [
      { dueAt: 1, outcome: 'missed', manual: false, count: 4, job: null },
      { ...firingOf(scene, 'there', 2), manual: true },
      { dueAt: 3, outcome: 'held', manual: false, count: 1, job: null },
      {
        ...firingOf(scene, 'new', 4),
        job: scene.job({ id: 'new', dueAt: 4, priority: 3, meta: { schedule: 'x' } }),
      },
    ]
    const [answer] = await scene.facet('schedules').write([{ schedule: plainSchedule(scene), firings }])
    const receipts = [
      { id: 'there', outcome: 'deduplicated' },
      { id: 'new', outcome: 'created' },
    ]
    equal(answer, { written: true, receipts }, 'answer')
    matches(
      await scene.read('new'),
      { dueAt: 4, priority: 3, state: 'pending', meta: { schedule: 'x' } },
      'job',
    )
    const page = await scene.facet('schedules').history('nightly', { limit: 10, after: null })
    ok(
      page.firings.every(({ at }) => at >= before - scene.tolerance),
      'they happened now, on the store’s clock',
    )
    equal(
      page.firings.map(({ at: _at, ...firing }) => firing),
      [
        { dueAt: 4, outcome: 'enqueued', manual: false, count: 1, jobId: 'new' },
        { dueAt: 3, outcome: 'held', manual: false, count: 1, jobId: null },
        { dueAt: 2, outcome: 'enqueued', manual: true, count: 1, jobId: 'there' },
        { dueAt: 1, outcome: 'missed', manual: false, count: 4, jobId: null },
      ],
      'history, the latest first',
    )
    equal((await (await scene.worker()).claimOne()).id, 'new', 'what is claimed first')
  }),
  unique: {
    title: 'a fired job that is unique is decided in the same step',
    facets: ['schedules', 'records', 'unique'],
    async play(scene) {
      const unique = { key: 'k', forMs: null, states: ['pending'], conflict: 'skip' } as const
      const firings = ['a', 'b'].map((id) => ({ ...firingOf(scene, id), job: scene.job({ id, unique }) }))
      await store(scene, plainSchedule(scene), firings)
      const page = await scene.facet('schedules').history('nightly', { limit: 10, after: null })
      equal(
        page.firings.map(({ jobId }) => jobId),
        ['a', 'a'],
        'the job that stands for each firing',
      )
      equal(await scene.states(['a', 'b']), ['pending', null], 'jobs')
    },
  },
  history: about('the latest firings are kept, and read page by page', async (scene) => {
    const facet = scene.facet('schedules')
    const many = FIRINGS_KEPT + 5
    let row = plainSchedule(scene)
    for (let from = 0; from < many; from += 335) {
      const firings = Array.from({ length: 335 }, (_, index): NewFiring => {
        return { dueAt: from + index, outcome: 'skipped', manual: false, count: 1, job: null }
      })
      row = await store(scene, row, firings)
    }
    const seen: number[] = []
    let after: string | null = null
    do {
      const page = await facet.history('nightly', { limit: 400, after })
      seen.push(...page.firings.map(({ dueAt }) => dueAt))
      after = page.next
    } while (after !== null)
    equal(
      seen,
      Array.from({ length: FIRINGS_KEPT }, (_, back) => many - 1 - back),
      'firings',
    )
    equal(await facet.history('unknown', { limit: 5, after: null }), { firings: [], next: null }, 'of none')
  }),
  wakes: about('a change wakes those who wait for schedules, and for its jobs’ queue', async (scene) => {
    const bell = await Bell.hang(scene.backend, { schedules: true })
    const jobs = await Bell.hang(scene.backend, { queues: ['default'] })
    const row = plainSchedule(scene)
    await bell.ringsFor('schedules', 'a new schedule', () => store(scene, row))
    await jobs.ringsFor('jobs', 'a firing', async () => {
      const [stored] = await scene.facet('schedules').get([row.name])
      if (stored !== null && stored !== undefined) await store(scene, stored, [firingOf(scene, 'fired')])
    })
    await bell.ringsFor('schedules', 'a removal', () => scene.facet('schedules').remove([row.name]))
    await bell.remove()
    await jobs.remove()
  }),
  'other-connection': {
    title: 'of many who fire the same schedule through two connections, one does; the other is woken',
    facets: ['schedules', 'records'],
    needs: ['reopen'],
    async play(scene) {
      const other = await scene.reopen()
      const far = other.schedules
      ok(far !== undefined, 'the other connection has the facet')
      const bell = await Bell.hang(other, { schedules: true })
      let row: ScheduleRecord | null | undefined
      await bell.ringsFor('schedules', 'a new schedule', async () => {
        row = await store(scene, plainSchedule(scene, { nextAt: 0 }))
      })
      await bell.remove()
      for (let turn = 1; turn <= 10; turn++) {
        const schedule = row
        ok(schedule !== null && schedule !== undefined, 'the schedule is there')
        const firings = (who: string): NewFiring[] => [firingOf(scene, `${turn}-${who}`, turn)]
        const calls = ['a', 'b', 'c', 'd'].map((who, index) => {
          const change = { schedule: { ...schedule, nextAt: turn }, firings: firings(who) }
          return (index % 2 === 0 ? scene.facet('schedules') : far).write([change])
        })
        const answers = (await Promise.all(calls)).flat()
        equal(answers.filter(({ written }) => written).length, 1, `winners of turn ${turn}`)
        ;[row] = await far.get(['nightly'])
      }
      const page = await far.history('nightly', { limit: 20, after: null })
      equal(
        page.firings.map(({ dueAt }) => dueAt),
        [10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
        'firings',
      )
      const stored = await scene.list({}, { limit: 100, after: null, order: 'oldest' })
      equal(stored.jobs.length, 10, 'jobs')
    },
  },
})
