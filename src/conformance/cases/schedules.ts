/**
 * Schedules: rows that are written by compare-and-set, and found by their time.
 * @module
 */
import type { ScheduleWritten } from '../../contract/index.ts'
import { equal, matches, ok } from '../expect.ts'
import { topic } from '../scene.ts'
import { about, firingOf, plainSchedule, store } from './schedules-scene.ts'

const REFUSED: ScheduleWritten = { written: false, receipts: [] }

export const scheduleCases = topic('schedules', {
  stored: about('a schedule reads as it was written, under a revision of the store’s', async (scene) => {
    const given = plainSchedule(scene, { name: 'Nächtlich ✓', nextAt: 5, heldAt: 3, paused: true })
    const row = await store(scene, given)
    ok(row.revision > 0, 'the revision is above 0')
    equal({ ...row, revision: 0 }, given, 'stored')
    equal(await scene.facet('schedules').get(['unknown', given.name]), [null, row], 'both')
    equal(await scene.facet('schedules').get([]), [], 'none')
    equal(await scene.facet('schedules').write([]), [], 'no change')
  }),
  'compare-and-set': about(
    'a change made from another revision changes nothing and fires nothing',
    async (scene) => {
      const facet = scene.facet('schedules')
      const first = await store(scene, plainSchedule(scene))
      const again = { schedule: plainSchedule(scene, { nextAt: 9 }), firings: [firingOf(scene, 'again')] }
      equal(await facet.write([again]), [REFUSED], 'a new one of the same name')
      const second = await store(scene, { ...first, nextAt: 10 })
      ok(second.revision > first.revision, 'revisions grow')
      const stale = { schedule: { ...first, nextAt: 11 }, firings: [firingOf(scene, 'stale')] }
      const fresh = { schedule: { ...second, nextAt: 12 }, firings: [firingOf(scene, 'fresh')] }
      const answers = await facet.write([stale, fresh, fresh])
      equal(
        answers,
        [REFUSED, { written: true, receipts: [{ id: 'fresh', outcome: 'created' }] }, REFUSED],
        'answers',
      )
      equal(await scene.states(['again', 'stale', 'fresh']), [null, null, 'pending'], 'jobs')
      const missing = { schedule: plainSchedule(scene, { name: 'gone', revision: 4 }), firings: [] }
      equal(await facet.write([missing]), [REFUSED], 'one that is not there')
      equal(
        (await facet.get(['nightly', 'gone'])).map((row) => row?.nextAt ?? null),
        [12, null],
        'next times',
      )
      const { firings } = await facet.history('nightly', { limit: 10, after: null })
      equal(
        firings.map(({ jobId }) => jobId),
        ['fresh'],
        'history',
      )
    },
  ),
  due: about(
    'what is due comes by its time, without what is paused; and when the next one is',
    async (scene) => {
      const facet = scene.facet('schedules')
      const now = await scene.now()
      const hour = 3_600_000
      const rows = [
        plainSchedule(scene, { name: 'late', nextAt: now - 10 }),
        plainSchedule(scene, { name: 'later', nextAt: now - 5 }),
        plainSchedule(scene, { name: 'latest', nextAt: 0, heldAt: 7 }),
        plainSchedule(scene, { name: 'paused', nextAt: now - 20, heldAt: 1, paused: true }),
        plainSchedule(scene, { name: 'paused soon', nextAt: now + hour / 2, paused: true }),
        plainSchedule(scene, { name: 'soon', nextAt: now + hour }),
        plainSchedule(scene, { name: 'far', nextAt: now + 2 * hour }),
        plainSchedule(scene, { name: 'over', heldAt: 6 }),
        plainSchedule(scene, { name: 'over and over' }),
      ]
      equal((await facet.due(10)).nextInMs, null, 'next of none')
      await facet.write(rows.map((schedule) => ({ schedule, firings: [] })))
      const found = await facet.due(10)
      equal(
        found.due.map(({ name }) => name),
        ['latest', 'late', 'later'],
        'due',
      )
      equal(
        found.held.map(({ name }) => name),
        ['over', 'latest'],
        'held',
      )
      equal(found.due[0], (await facet.get(['latest']))[0], 'whole rows')
      equal(found.nextInMs, now + hour - found.now, 'next')
      const few = await facet.due(1)
      equal(
        [few.due, few.held].map((some) => some.map(({ name }) => name)),
        [['latest'], ['over']],
        'one of each',
      )
    },
  ),
  'due-by-clock': about('a schedule becomes due on the store’s clock', async (scene) => {
    const facet = scene.facet('schedules')
    await store(scene, plainSchedule(scene, { nextAt: (await scene.now()) + 2 * scene.unit }))
    const early = await facet.due(10)
    equal(early.due, [], 'before')
    ok(early.nextInMs !== null && early.nextInMs > 0 && early.nextInMs <= 2 * scene.unit, 'ms until then')
    await scene.pass(2.1)
    const found = await facet.due(10)
    equal(
      found.due.map(({ name }) => name),
      ['nightly'],
      'after',
    )
    equal(found.nextInMs, null, 'then there is none')
  }),
  list: about('schedules are listed by the bytes of their names, page by page', async (scene) => {
    const facet = scene.facet('schedules')
    const names = ['b', 'ä', 'a', 'B', 'a b', '😀', 'ab']
    await facet.write(names.map((name) => ({ schedule: plainSchedule(scene, { name }), firings: [] })))
    const seen: string[] = []
    let after: string | null = null
    do {
      const page = await facet.list({ limit: 3, after })
      ok(page.schedules.length <= 3, 'no page is longer')
      seen.push(...page.schedules.map(({ name }) => name))
      after = page.next
    } while (after !== null)
    equal(seen, ['B', 'a', 'a b', 'ab', 'b', 'ä', '😀'], 'names')
    equal(
      (await facet.list({ limit: 7, after: null })).next,
      null,
      'no page after a full one that is the last',
    )
    equal((await facet.list({ limit: 7, after: '😀' })).schedules, [], 'after the last')
  }),
  removed: about('a removed schedule is gone with its history, and its jobs stay', async (scene) => {
    const facet = scene.facet('schedules')
    const row = await store(scene, plainSchedule(scene, { nextAt: 0, heldAt: 0 }), [firingOf(scene, 'job')])
    equal(await facet.remove(['unknown', 'nightly', 'nightly']), [false, true, false], 'removed')
    equal(await facet.get(['nightly']), [null], 'get')
    matches(await facet.due(5), { due: [], held: [], nextInMs: null }, 'due')
    equal(await facet.list({ limit: 5, after: null }), { schedules: [], next: null }, 'list')
    const page = { limit: 5, after: null }
    equal(await facet.history('nightly', page), { firings: [], next: null }, 'history')
    equal(await scene.states(['job']), ['pending'], 'its job')
    const again = await store(scene, plainSchedule(scene))
    ok(again.revision !== row.revision, 'a new one of the name has a revision that the old one never had')
    equal(await facet.history('nightly', page), { firings: [], next: null }, 'history of the new one')
  }),
})
