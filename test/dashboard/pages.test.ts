import { expect, test } from 'vitest'
import type {
  FailuresPage,
  JobPage,
  JobsPage,
  OverviewPage,
  QueuesPage,
  SchedulePage,
  SchedulesPage,
  WorkersPage,
} from '../../src/dashboard/protocol.ts'
import { broken, greet, makeApp, visit, work } from './scene.ts'

test('an empty store: every page says what to do', async () => {
  const visitor = visit(makeApp())
  expect(await visitor.page('/')).toContain('All is quiet')
  expect(await visitor.page('/queues')).toContain('No queue has been used yet')
  expect(await visitor.page('/jobs')).toContain('There are no jobs yet')
  expect(await visitor.page('/failures')).toContain('Nothing is failing')
  expect(await visitor.page('/schedules')).toContain('millrace schedules put nightly')
  expect(await visitor.page('/workers')).toContain('No worker is running')
  expect(await visitor.page('/audit')).toContain('Nothing was done here yet')
})

test('the overview tells counts, and that jobs wait without a worker', async () => {
  const app = makeApp()
  await app.enqueueMany(greet, [{ name: 'a' }, { name: 'b' }])
  await app.enqueue(broken, { n: 1 }, { delay: '1h' })
  const page = await visit(app).model<OverviewPage>('/')
  expect(page.counts).toMatchObject({ pending: 2, scheduled: 1, failed: 0 })
  expect(page.health.level).toBe('bad')
  expect(page.health.reasons[0]?.text).toContain('No worker is running')
  expect(page.oldestWaitMs).toBeGreaterThanOrEqual(0)
  expect(page.charts.map(({ id }) => id)).toEqual(['throughput', 'backlog', 'wait', 'slots'])
})

test('throughput is what ended, also where the jobs are gone by then', async () => {
  const app = makeApp()
  const visitor = visit(app, { sampleEveryMs: 500 })
  await visitor.model<OverviewPage>('/')
  const receipts = await app.enqueueMany(greet, [{}, {}, {}, {}])
  await app.enqueue(broken, { n: 1 })
  await work(app)
  await app.delete(receipts.map(({ id }) => id))
  // Rates need a second between two looks.
  await expect
    .poll(async () => (await visitor.model<OverviewPage>('/')).rates.succeeded, { timeout: 10_000 })
    .toBeGreaterThan(0)
  const page = await visitor.model<OverviewPage>('/')
  expect(page.rates.failed).toBeGreaterThan(0)
  expect(page.counts.succeeded).toBe(0)
})

test('jobs are found by state, queue, task, tag and text, and the address says which', async () => {
  const app = makeApp()
  const first = await app.enqueue(greet, { name: 'needle' }, { tags: ['vip'] })
  await app.enqueueMany(
    greet,
    Array.from({ length: 60 }, () => ({ name: 'hay' })),
  )
  await app.enqueue(broken, { n: 1 })
  const visitor = visit(app)
  const found = async (query: string): Promise<number> =>
    (await visitor.model<JobsPage>(`/jobs?${query}`)).jobs.length
  expect(await found('queue=bad')).toBe(1)
  expect(await found('task=broken')).toBe(1)
  expect(await found('tag=vip')).toBe(1)
  expect(await found('q=needle')).toBe(1)
  expect(await found(`q=${first.id}`)).toBe(1)
  expect(await found('state=failed')).toBe(0)
  expect(await found('state=pending&queue=bad')).toBe(1)
  const pages = await visitor.model<JobsPage>('/jobs?state=pending')
  expect(pages.jobs).toHaveLength(50)
  const next = await visitor.model<JobsPage>(`/jobs?state=pending&after=${pages.next}`)
  expect(next.jobs).toHaveLength(12)
  expect(next.next).toBeNull()
  const html = await visitor.page('/jobs?state=pending&queue=default')
  expect(html).toContain('after=')
  expect(html).toContain('<option value="default" selected=""')
})

test('a job tells its input, output, attempts, error and cause, and hides what looks like a secret', async () => {
  const app = makeApp()
  const good = await app.enqueue(greet, { name: 'x', api_key: 'sk-123', deep: [{ Password: 'p' }] } as {
    name: string
  })
  const bad = await app.enqueue(broken, { n: 7 })
  await work(app)
  const visitor = visit(app)
  const page = await visitor.model<JobPage>(`/jobs/${good.id}`)
  expect(page.job.state).toBe('succeeded')
  expect(page.input).toEqual({
    value: { name: 'x', api_key: '••••••', deep: [{ Password: '••••••' }] },
    hidden: 2,
    trouble: null,
  })
  expect(page.output?.value).toEqual({ hello: 'x' })
  expect(page.attempts.map(({ outcome }) => outcome)).toEqual(['succeeded'])
  const html = await visitor.page(`/jobs/${good.id}`)
  expect(html).not.toContain('sk-123')
  const failed = await visitor.model<JobPage>(`/jobs/${bad.id}`)
  expect(failed.job.reason).toBe('exhausted')
  expect(failed.job.error?.message).toContain('it broke for 7')
  expect(failed.job.error?.stack).toContain('scene.ts')
  expect(await visitor.page(`/jobs/${bad.id}`)).toContain('the reason')
  expect((await visitor.send('/jobs/none')).status).toBe(404)
})

test('secrets are not hidden where that is switched off, and others by path', async () => {
  const app = makeApp()
  const input = { token: 't-1', user: { home: 'Oslo' }, name: 'n' }
  const { id } = await app.enqueue(greet, input)
  const visitor = visit(app, { redact: { defaults: false, paths: ['user.home'], names: ['NAME'] } })
  const page = await visitor.model<JobPage>(`/jobs/${id}`)
  expect(page.input.value).toEqual({ token: 't-1', user: { home: '••••••' }, name: '••••••' })
})

test('failures that differ only in figures are one group, and can be run again together', async () => {
  const app = makeApp()
  await app.enqueueMany(broken, [{ n: 1 }, { n: 22 }, { n: 333 }])
  await work(app)
  const visitor = visit(app)
  const { groups, total } = await visitor.model<FailuresPage>('/failures')
  expect(total).toBe(3)
  expect(groups).toHaveLength(1)
  expect(groups[0]).toMatchObject({ task: 'broken', failed: 3, retrying: 0 })
  expect(groups[0]?.trend.at(-1)).toBe(3)
  const said = await visitor.act(
    'job.retry',
    ['fingerprint', groups[0]?.fingerprint ?? ''],
    ['back', '/failures'],
  )
  expect(said).toBe('3 jobs set to run again.')
  expect((await app.list({ states: ['pending'] })).jobs).toHaveLength(3)
})

test('chosen jobs are cancelled, run again and deleted, and all that match too', async () => {
  const app = makeApp()
  const [a, b] = await app.enqueueMany(greet, [{}, {}, {}])
  const visitor = visit(app)
  const two = [
    ['id', a?.id ?? ''],
    ['id', b?.id ?? ''],
  ] as const
  expect(await visitor.act('job.cancel', ...two)).toBe('2 jobs cancelled.')
  expect(await visitor.act('job.retry', ...two)).toBe('2 jobs set to run again.')
  expect(await visitor.act('job.delete', two[0])).toBe('1 job deleted.')
  expect(await visitor.act('job.delete', two[0])).toBe('0 jobs deleted, 1 gone already.')
  expect(await visitor.act('job.cancel', ['matching', 'state=pending'])).toBe('2 jobs cancelled.')
  expect(await visitor.act('job.cancel')).toContain('400')
})

test('queues are paused, resumed and drained', async () => {
  const app = makeApp()
  await app.enqueueMany(greet, [{}, {}])
  const visitor = visit(app)
  expect(await visitor.act('queue.pause', ['queue', 'default'], ['back', '/queues'])).toContain('is paused')
  expect((await visitor.model<QueuesPage>('/queues')).queues[0]).toMatchObject({
    name: 'default',
    paused: true,
  })
  expect((await visitor.model<OverviewPage>('/')).health.reasons.map(({ text }) => text)).toContain(
    'Jobs wait in default, paused.',
  )
  expect(await visitor.act('queue.resume', ['queue', 'default'], ['back', '/queues'])).toContain('goes on')
  expect(await app.queues.paused()).toEqual([])
  expect(await visitor.act('queue.drain', ['queue', 'default'], ['back', '/queues'])).toBe(
    '2 waiting jobs of default cancelled.',
  )
})

test('workers are listed with what they run, and stopped', async () => {
  const app = makeApp()
  const worker = app.worker({ slots: 3 })
  await worker.start()
  const visitor = visit(app)
  const [row] = (await visitor.model<WorkersPage>('/workers')).workers
  expect(row).toMatchObject({ id: worker.id, slots: 3, quiet: false, pid: process.pid })
  expect(await visitor.act('worker.stop', ['worker', worker.id], ['back', '/workers'])).toContain(
    'was asked to stop',
  )
  await worker.stopped
  expect(await visitor.act('worker.quiet', ['worker', worker.id])).toContain('There is no such worker')
})

test('schedules tell their times, what they fired and what became of it', async () => {
  const app = makeApp()
  await app.schedules.put('nightly/Nürnberg', {
    task: greet,
    cron: '30 2 * * *',
    zone: 'Europe/Berlin',
    input: { name: 'x', token: 't-1' } as { name: string },
    overlap: 'skip',
  })
  await app.schedules.put('breaks', { task: broken, every: '1h', input: { n: 1 } })
  await app.schedules.put('later', { task: greet, at: '2999-01-01T00:00:00Z', input: {} })
  const visitor = visit(app)
  const nightly = `/schedules/${encodeURIComponent('nightly/Nürnberg')}`
  expect(await visitor.page(nightly)).toContain('It has not fired yet')
  const fired = await app.schedules.runNow('nightly/Nürnberg')
  const gone = await app.schedules.runNow('nightly/Nürnberg')
  const failed = await app.schedules.runNow('breaks')
  await work(app)
  await app.delete(gone.id)
  // What was read a moment ago is kept for a moment.
  await visitor.act('schedule.pause', ['schedule', 'later'], ['back', '/schedules'])
  const { schedules } = await visitor.model<SchedulesPage>('/schedules')
  expect(schedules.map(({ name, when, paused }) => [name, when, paused])).toEqual([
    ['breaks', 'every 1h', false],
    ['later', 'at 2999-01-01T00:00:00.000Z', true],
    ['nightly/Nürnberg', '30 2 * * * (Europe/Berlin)', false],
  ])
  expect(schedules.map(({ latest }) => latest?.state)).toEqual(['failed', undefined, null])
  expect(schedules[0]?.nextAt).toBeGreaterThan(Date.now())
  const list = await visitor.page('/schedules')
  expect(list).toContain(`href="${nightly}"`)
  expect(list).toContain(`href="/jobs/${failed.id}"`)
  const page = await visitor.model<SchedulePage>(nightly)
  expect(page.firings.map(({ jobId, state, manual }) => [jobId, state, manual])).toEqual([
    [gone.id, null, true],
    [fired.id, 'succeeded', true],
  ])
  expect(page.upcoming.map((at) => new Date(at).getUTCMinutes())).toEqual([30, 30, 30, 30, 30])
  expect(page.input).toMatchObject({ value: { name: 'x', token: '••••••' }, hidden: 1 })
  const html = await visitor.page(nightly)
  expect(html).toContain(`href="/jobs/${fired.id}"`)
  expect(html).toContain('its job is not kept any more')
  expect((await visitor.send('/schedules/none')).status).toBe(404)
})

test('schedules are paused, resumed and fired', async () => {
  const app = makeApp()
  await app.schedules.put('s', { task: greet, every: '1h', input: {} })
  const visitor = visit(app)
  const act = (action: string, back = '/schedules') =>
    visitor.act(`schedule.${action}`, ['schedule', 's'], ['back', back])
  expect(await act('pause')).toContain('is paused')
  expect((await app.schedules.get('s'))?.paused).toBe(true)
  expect(await visitor.page('/schedules')).toContain('/do/schedule.resume')
  expect(await act('run', '/schedules/s')).toContain('was fired: job ')
  expect((await app.list({ states: ['pending'] })).jobs.map(({ task }) => task)).toEqual(['greet'])
  expect(await act('resume')).toContain('goes on')
  expect((await app.schedules.get('s'))?.paused).toBe(false)
  expect(await visitor.act('schedule.pause', ['schedule', 'none'])).toContain('404')
  expect(await visitor.act('schedule.pause')).toContain('400')
})

test('many schedules and many firings come page by page', async () => {
  const app = makeApp()
  for (let n = 10; n < 63; n++) await app.schedules.put(`s${n}`, { task: greet, every: '1h', input: {} })
  for (let n = 0; n < 27; n++) await app.schedules.runNow('s10')
  const visitor = visit(app)
  const first = await visitor.model<SchedulesPage>('/schedules')
  expect(first.schedules).toHaveLength(50)
  expect(await visitor.page('/schedules')).toContain(`after=${first.next}`)
  const last = await visitor.model<SchedulesPage>(`/schedules?after=${first.next}`)
  expect(last.schedules.map(({ name }) => name)).toEqual(['s60', 's61', 's62'])
  expect(await visitor.page('/schedules?after=zzz')).toContain('There are no more schedules')
  const { firings, next } = await visitor.model<SchedulePage>('/schedules/s10')
  expect(firings).toHaveLength(25)
  expect((await visitor.model<SchedulePage>(`/schedules/s10?after=${next}`)).firings).toHaveLength(2)
})

test('it mounts under a path, which some frameworks take off', async () => {
  const app = makeApp()
  await app.enqueue(greet, {})
  const below = visit(app, { basePath: '/admin/jobs' })
  expect(await below.page('/')).toContain('href="/admin/jobs/queues"')
  expect((await below.send('')).status).toBe(200)
  expect(await below.act('queue.pause', ['queue', 'default'], ['back', '/queues'])).toContain('is paused')
  const stripped = await below.handler(new Request('http://jobs.test/queues'))
  expect(stripped.status).toBe(200)
})
