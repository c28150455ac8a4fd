/** `app.schedules`, reconciliation and drift, on a real store. */
import { expect, test } from 'vitest'
import { makeRoom, sweep } from './room.ts'

const daily = { task: sweep, cron: '0 3 * * *' } as const

test('put adds, changes what changed, and leaves the rest', async () => {
  const { control, clock } = makeRoom()
  expect(await control.put('a', { task: sweep, every: '1h', input: { n: 1 } })).toBe('added')
  expect(await control.put('a', { task: 'sweep', every: '60m', input: { n: 1 } })).toBe('unchanged')
  const before = await control.get('a')
  clock.advance(1_000)
  expect(await control.put('a', { task: sweep, every: '1h', input: { n: 2 }, priority: 7 })).toBe('changed')
  expect(await control.get('a')).toMatchObject({
    nextAt: before?.nextAt,
    createdAt: before?.createdAt,
    changedAt: clock.now(),
    input: { n: 2 },
    job: { priority: 7 },
  })
  expect(await control.put('a', daily)).toBe('changed')
  expect((await control.get('a'))?.nextAt).toBe(Date.parse('2026-01-01T03:00:00Z'))
  expect(await control.get('b')).toBeNull()
})

test('next, list, pause, resume and remove', async () => {
  const { control, clock, backend } = makeRoom()
  await control.put('a', daily)
  await control.put('b', daily)
  const next = await control.next('a', 2)
  expect(next.map((time) => time.toISOString())).toEqual([
    '2026-01-01T03:00:00.000Z',
    '2026-01-02T03:00:00.000Z',
  ])
  const first = await control.list({ limit: 1 })
  expect(first.schedules.map(({ name, when }) => [name, when])).toEqual([['a', '0 3 * * * (UTC)']])
  expect((await control.list({ limit: 1, after: first.next })).next).toBeNull()
  await control.pause(['a', 'b'])
  clock.advance(5 * 86_400_000)
  expect((await backend.schedules?.due(5))?.due).toEqual([])
  await control.resume('a')
  // What was due during the pause is not made up for.
  expect(await control.get('a')).toMatchObject({ paused: false, nextAt: Date.parse('2026-01-06T03:00:00Z') })
  await control.remove(['a', 'b'])
  expect((await control.list()).schedules).toEqual([])
})

test('run now: at once, beside its times, and in the history', async () => {
  const { control, backend } = makeRoom()
  await control.put('a', { ...daily, jitter: '1h', overlap: 'skip' })
  await control.pause('a')
  const receipt = await control.runNow('a')
  expect(receipt).toMatchObject({ outcome: 'created', task: 'sweep' })
  const [job] = (await backend.records?.get([receipt.id])) ?? []
  expect(job).toMatchObject({ state: 'pending', meta: { schedule: 'a' } })
  const { firings } = await control.history('a')
  expect(firings).toMatchObject([{ outcome: 'enqueued', manual: true, jobId: receipt.id }])
  expect(await control.get('a')).toMatchObject({
    nextAt: Date.parse('2026-01-01T03:00:00Z'),
    openJobs: [receipt.id],
  })
  expect((await control.runNow('a')).id).not.toBe(receipt.id)
})

test('ten people who change one schedule at the same time', async () => {
  const { control } = makeRoom()
  await control.put('a', daily)
  const receipts = await Promise.all(Array.from({ length: 10 }, () => control.runNow('a')))
  expect(new Set(receipts.map(({ id }) => id)).size).toBe(10)
  expect((await control.history('a')).firings).toHaveLength(10)
})

test('what is not there, or not to be changed, is said with its name', async () => {
  const { control } = makeRoom({ declared: { mine: daily } })
  const none = { code: 'schedule-not-found', message: "There is no schedule 'x' in the store." }
  for (const call of [
    () => control.pause(['mine', 'x']),
    () => control.resume('x'),
    () => control.runNow('x'),
    () => control.next('x'),
    () => control.remove('x'),
  ]) {
    await control.reconcile()
    await expect(call()).rejects.toMatchObject(none)
  }
  expect((await control.get('mine'))?.paused).toBe(false)
  await expect(control.put('mine', daily)).rejects.toMatchObject({ code: 'schedule-refused' })
  await expect(control.remove('mine')).rejects.toThrow('declared in code')
  await expect(control.next('mine', 0)).rejects.toMatchObject({ field: 'count' })
  await expect(control.list({ limit: 0 })).rejects.toMatchObject({ field: 'limit' })
  await expect(control.put('', daily)).rejects.toThrow('1 to 128 characters')
})

test('declared schedules are added, changed and removed; dynamic ones and other groups are left alone', async () => {
  const old = makeRoom({ declared: { kept: daily, changed: daily, gone: daily } })
  expect((await old.control.reconcile()).added).toEqual(['kept', 'changed', 'gone'])
  const other = makeRoom({ beside: old, group: 'other', declared: { theirs: daily } })
  await other.control.reconcile()
  await old.control.put('dynamic', daily)
  await old.control.put('taken', daily)
  await old.control.pause(['kept', 'changed'])

  const declared = {
    kept: daily,
    changed: { task: sweep, cron: '0 4 * * *', input: 1 },
    added: daily,
    taken: daily,
    theirs: daily,
  }
  const now = makeRoom({ beside: old, declared })
  expect(await now.control.drift()).toEqual([
    { name: 'changed', kind: 'changed', differs: ['timing', 'input'] },
    { name: 'added', kind: 'missing', differs: [] },
    { name: 'taken', kind: 'taken', differs: [] },
    { name: 'theirs', kind: 'taken', differs: [] },
    { name: 'gone', kind: 'undeclared', differs: [] },
  ])
  const kept = await old.control.get('kept')
  expect(await now.control.reconcile()).toEqual({
    added: ['added'],
    changed: ['changed'],
    removed: ['gone'],
    taken: ['taken', 'theirs'],
  })
  expect(await now.control.get('kept')).toEqual(kept)
  expect(await now.control.get('changed')).toMatchObject({
    paused: true,
    nextAt: Date.parse('2026-01-01T04:00:00Z'),
  })
  expect((await now.control.get('taken'))?.source).toBe('dynamic')
  expect((await now.control.get('theirs'))?.group).toBe('other')
  expect(await now.control.reconcile()).toMatchObject({ added: [], changed: [], removed: [] })
  expect((await now.control.drift()).map(({ kind }) => kind)).toEqual(['taken', 'taken'])
})

test('an app that declares none leaves those of others; one that declares an empty list removes its own', async () => {
  const old = makeRoom({ declared: { a: daily } })
  await old.control.reconcile()
  const silent = makeRoom({ beside: old })
  expect(await silent.control.reconcile()).toEqual({ added: [], changed: [], removed: [], taken: [] })
  expect(await silent.control.drift()).toEqual([])
  expect(await silent.control.get('a')).not.toBeNull()
  // Nobody declares it here, so that a person may remove it.
  const empty = makeRoom({ beside: old, declared: {} })
  expect((await empty.control.reconcile()).removed).toEqual(['a'])
})

test('two apps that start at the same time bring about the same', async () => {
  const one = makeRoom({ declared: { a: daily, b: daily, c: daily } })
  const two = makeRoom({ beside: one, declared: { a: daily, b: daily, c: daily } })
  const done = await Promise.all([one.control.reconcile(), two.control.reconcile()])
  expect(done.flatMap(({ added }) => added).sort()).toEqual(['a', 'b', 'c'])
  expect((await one.control.list()).schedules).toHaveLength(3)
})
