/**
 * Reading back: single jobs, listings, counts, attempts, notes.
 * @module
 */
import type { JobFilter, JobPage, JobRecord } from '../../contract/index.ts'
import { equal, matches, near, ok, rejects } from '../expect.ts'
import { type Scene, type Script, topic } from '../scene.ts'
import { BOOM } from './settle.ts'

/** A script about records. */
function about(title: string, play: (scene: Scene) => Promise<void>): Script {
  return { title, facets: ['records'], play }
}

async function ids(scene: Scene, filter: JobFilter): Promise<string[]> {
  const page = await scene.facet('records').list(filter, { limit: 1_000, after: null, order: 'oldest' })
  return page.jobs.map((job) => job.id)
}

/** All pages of a listing, and how long each was. */
async function pages(scene: Scene, filter: JobFilter, limit: number, order: 'newest' | 'oldest') {
  const found: JobRecord[] = []
  const lengths: number[] = []
  let after: string | null = null
  do {
    const page: JobPage = await scene.list(filter, { limit, after, order })
    found.push(...page.jobs)
    lengths.push(page.jobs.length)
    after = page.next
  } while (after !== null)
  return { ids: found.map((job) => job.id), lengths }
}

/** A store with jobs of many kinds: id is queue, task, and state. */
async function mixed(scene: Scene): Promise<void> {
  const waiting = { delayMs: 100 * scene.unit }
  await scene.backend.enqueue([
    scene.job({ id: 'failed', task: 'mail', tags: ['x', 'y'], payload: '"Needle one"' }),
    scene.job({ id: 'done', task: 'mail', queue: 'bulk', tags: ['x'] }),
    scene.job({ id: 'dropped', task: 'pdf', tags: ['y'], payload: '"100% sure"' }),
  ])
  const worker = await scene.worker()
  const [failed, dropped, done] = await worker.claim({ from: ['default', 'bulk'] })
  ok(failed !== undefined && dropped !== undefined && done !== undefined, 'three jobs are claimed')
  const error = { ...BOOM, message: 'haystack NEEDLE two' }
  await worker.settle([failed], { kind: 'fail', reason: 'exhausted', error, counts: true })
  await worker.settle([dropped], { kind: 'fail', reason: 'discarded', error: BOOM, counts: true })
  await worker.settle([done], { kind: 'succeed', result: null })
  await scene.backend.enqueue([
    scene.job({ id: 'later', task: 'pdf', queue: 'bulk', tags: ['x', 'y', 'z'], ...waiting }),
    scene.job({ id: 'ready', task: 'needle-task', priority: -1 }),
  ])
}

export const recordCases = topic('records', {
  get: about('get answers in the order asked, null where there is no job', async (scene) => {
    await scene.backend.enqueue([scene.job({ id: 'a' }), scene.job({ id: 'b' })])
    const found = await scene.facet('records').get(['b', 'nobody', 'a', 'b'])
    equal(
      found.map((job) => job?.id ?? null),
      ['b', null, 'a', 'b'],
      'ids',
    )
    equal(await scene.facet('records').get([]), [], 'nothing asked')
  }),
  whole: about('a record is whole', async (scene) => {
    const retry = { backoff: 'fixed', delayMs: 1, maxDelayMs: 2, jitter: false } as const
    const given = {
      task: 't',
      queue: 'q',
      priority: -3,
      payload: '[1]',
      version: 2,
      maxAttempts: 7,
      timeoutMs: 5,
    }
    const meta = { a: [1, { b: null }] }
    const delayMs = 7 * scene.unit
    const id = await scene.add({
      ...given,
      retry,
      tags: ['t1', 't2'],
      meta,
      delayMs,
      expiresInMs: 9 * scene.unit,
    })
    const record = await scene.read(id)
    near(record.createdAt, await scene.now(), scene.tolerance, 'createdAt')
    const times = { dueAt: record.createdAt + delayMs, expiresAt: record.createdAt + 9 * scene.unit }
    const empty = { startedAt: null, finishedAt: null, worker: null, result: null, reason: null, error: null }
    const rest = { attempt: 0, progress: null, lost: 0, createdAt: record.createdAt, state: 'scheduled' }
    equal(record, { id, ...given, retry, tags: ['t1', 't2'], meta, ...times, ...empty, ...rest }, 'record')
  }),
  'not-by-reference': about('what a reader does to a record changes nothing stored', async (scene) => {
    const id = await scene.add({ tags: ['a'], meta: { list: [1] } })
    const record = await scene.read(id)
    Reflect.set(record.meta ?? {}, 'list', 'changed')
    try {
      Reflect.apply(Array.prototype.push, record.tags, ['b'])
    } catch {
      // A frozen list is as good as a copy.
    }
    matches(await scene.read(id), { tags: ['a'], meta: { list: [1] } }, 'record')
  }),
  pages: about('pages hold every job once, in store order, oldest or newest first', async (scene) => {
    const stored = scene.jobs(23).map((job, at) => ({ ...job, priority: at % 5, queue: `q${at % 3}` }))
    await scene.backend.enqueue(stored.slice(0, 10))
    await scene.backend.enqueue(stored.slice(10))
    const order = stored.map((job) => job.id)
    equal(await pages(scene, {}, 10, 'oldest'), { ids: order, lengths: [10, 10, 3] }, 'oldest first')
    equal(
      await pages(scene, {}, 10, 'newest'),
      { ids: [...order].reverse(), lengths: [10, 10, 3] },
      'newest first',
    )
    equal((await pages(scene, {}, 23, 'oldest')).lengths, [23], 'one full page')
    equal((await pages(scene, {}, 1, 'newest')).ids.length, 23, 'pages of one')
    const some = stored.filter((job) => job.queue === 'q1').map((job) => job.id)
    equal((await pages(scene, { queues: ['q1'] }, 3, 'oldest')).ids, some, 'with a filter')
    equal(await pages(scene, { queues: ['none'] }, 3, 'oldest'), { ids: [], lengths: [0] }, 'nothing found')
  }),
  'pages-hold-still': about(
    'what comes and goes meanwhile neither repeats nor hides the others',
    async (scene) => {
      const stored = scene.jobs(30).map((job) => job.id)
      await scene.backend.enqueue(stored.map((id) => scene.job({ id })))
      const records = scene.facet('records')
      const first = await records.list({}, { limit: 10, after: null, order: 'newest' })
      await scene.backend.enqueue(scene.jobs(5))
      await records.delete([...first.jobs.slice(5).map((job) => job.id), ...stored.slice(12, 15)])
      const rest = await records.list({}, { limit: 1_000, after: first.next, order: 'newest' })
      const expected = stored.slice(0, 20).filter((_, at) => at < 12 || at >= 15)
      equal(
        rest.jobs.map((job) => job.id),
        expected.reverse(),
        'second page',
      )
    },
  ),
  'bad-page': about('a limit or cursor that makes no sense is refused', async (scene) => {
    await scene.backend.enqueue(scene.jobs(3))
    for (const limit of [0, -1, 1.5, 1_001, Number.NaN]) {
      const call = () => scene.list({}, { limit, after: null, order: 'oldest' })
      await rejects(call, 'invalid-option', `limit ${limit}`)
    }
    for (const after of ['', 'x', "1' or 1=1", '-1', '{}']) {
      const call = () => scene.list({}, { limit: 1, after, order: 'oldest' })
      await rejects(call, 'invalid-option', `after ${JSON.stringify(after)}`)
    }
  }),
  filters: about('each filter finds its jobs, and several must all hold', async (scene) => {
    await mixed(scene)
    const find = (filter: JobFilter) => ids(scene, filter)
    equal(await find({}), ['failed', 'done', 'dropped', 'later', 'ready'], 'no filter')
    equal(await find({ states: ['failed', 'scheduled'] }), ['failed', 'dropped', 'later'], 'states')
    equal(await find({ queues: ['bulk'] }), ['done', 'later'], 'queues')
    equal(await find({ tasks: ['pdf', 'needle-task'] }), ['dropped', 'later', 'ready'], 'tasks')
    equal(await find({ tags: ['x'] }), ['failed', 'done', 'later'], 'one tag')
    equal(await find({ tags: ['y', 'x'] }), ['failed', 'later'], 'all of two tags')
    equal(await find({ reasons: ['discarded'] }), ['dropped'], 'reasons')
    equal(await find({ states: ['failed'], tags: ['x'], tasks: ['mail'] }), ['failed'], 'several')
    equal(await find({ states: [] }), [], 'no state at all')
    equal(await find({ queues: [] }), [], 'no queue at all')
    equal((await find({ tags: [] })).length, 5, 'no tag demanded')
    equal(await find({ queues: ['BULK'] }), [], 'names are exact')
  }),
  text: about(
    'text is searched in id, task, payload and error, regardless of case and without wildcards',
    async (scene) => {
      await mixed(scene)
      const find = (text: string) => ids(scene, { text })
      equal(await find('nEEdle'), ['failed', 'ready'], 'payload and task')
      equal(await find('needle two'), ['failed'], 'error')
      equal(await find('DROPP'), ['dropped'], 'id')
      equal(await find('100%'), ['dropped'], 'a percent sign')
      equal(await find('%'), ['dropped'], 'nothing but a percent sign')
      equal(await find('m_il'), [], 'an underscore')
      equal(await find("'"), [], 'a quote')
      equal(await find('\\'), [], 'a backslash')
      equal(await ids(scene, { text: 'needle', states: ['failed'] }), ['failed'], 'with another filter')
    },
  ),
  'by-creation': about('createdFrom is included, createdBefore is not', async (scene) => {
    const times: number[] = []
    for (const id of ['a', 'b', 'c']) {
      await scene.add({ id })
      times.push((await scene.read(id)).createdAt)
      await scene.pass(0.1)
    }
    const [, second = 0, third = 0] = times
    equal(await ids(scene, { createdFrom: second }), ['b', 'c'], 'from')
    equal(await ids(scene, { createdBefore: second }), ['a'], 'before')
    equal(await ids(scene, { createdFrom: second, createdBefore: third }), ['b'], 'both')
  }),
  counts: about('counts follow every change', async (scene) => {
    const records = scene.facet('records')
    const counts = async () =>
      (await records.counts())
        .filter((entry) => entry.count !== 0)
        .map((entry) => `${entry.queue} ${entry.state} ${entry.count}`)
        .sort()
    equal(await counts(), [], 'empty')
    await mixed(scene)
    const before = ['bulk scheduled 1', 'bulk succeeded 1', 'default failed 2', 'default pending 1']
    equal(await counts(), before, 'after a few jobs')
    await records.requeue(['failed'])
    await (await scene.worker()).claim({ limit: 1 })
    await records.delete(['dropped'])
    await records.cancel(['later'], 'requested')
    await records.hold(['ready'])
    equal(
      await counts(),
      ['bulk cancelled 1', 'bulk succeeded 1', 'default active 1', 'default blocked 1'],
      'after changes',
    )
  }),
  'attempts-of-nobody': about('an unknown job has no attempts and no logs', async (scene) => {
    equal(await scene.facet('records').attempts('nobody'), [], 'attempts')
    equal(await scene.facet('records').logs('nobody', 10), [], 'logs')
  }),
  notes: about(
    'progress and log lines of a running attempt are kept, the latest lines in order',
    async (scene) => {
      const id = await scene.add()
      const { token } = await (await scene.worker()).claimOne()
      const line = (at: number) =>
        ({ at, level: 'info', message: `line ${at}`, fields: { n: at }, attempt: 1 }) as const
      const records = scene.facet('records')
      await records.note([{ id, token, progress: { percent: 40, note: 'half' }, lines: [line(1), line(2)] }])
      await records.note([
        { id, token, progress: null, lines: [line(3), { ...line(4), fields: null, level: 'error' }] },
      ])
      matches(await scene.read(id), { progress: { percent: 40, note: 'half' } }, 'job')
      const all = [line(1), line(2), line(3), { ...line(4), fields: null, level: 'error' }]
      equal(await records.logs(id, 100), all, 'all lines')
      equal(await records.logs(id, 2), all.slice(2), 'the latest two')
      await records.note([{ id, token, progress: { percent: 90, note: null }, lines: [] }])
      matches(await scene.read(id), { progress: { percent: 90, note: null } }, 'later progress')
    },
  ),
  'late-notes': about('notes of an attempt that is over are ignored', async (scene) => {
    const id = await scene.add()
    const worker = await scene.worker()
    const { token, ...old } = await worker.claimOne()
    const note = {
      id,
      token,
      progress: { percent: 99, note: null },
      lines: [{ at: 1, level: 'info', message: 'late', fields: null, attempt: 1 }],
    } as const
    await worker.settle([{ ...old, token }], { kind: 'retry', delayMs: 0, error: BOOM })
    const records = scene.facet('records')
    await records.note([note, { ...note, id: 'nobody' }])
    await worker.claimOne()
    await records.note([note])
    matches(await scene.read(id), { progress: null }, 'job')
    equal(await records.logs(id, 10), [], 'lines')
  }),
  'progress-per-attempt': about(
    'a new attempt starts without progress, and finished jobs keep theirs',
    async (scene) => {
      const id = await scene.add()
      const worker = await scene.worker()
      const first = await worker.claimOne()
      await scene
        .facet('records')
        .note([{ id, token: first.token, progress: { percent: 70, note: null }, lines: [] }])
      await worker.settle([first], { kind: 'retry', delayMs: 0, error: BOOM })
      const second = await worker.claimOne()
      matches(await scene.read(id), { progress: null }, 'second attempt')
      await scene
        .facet('records')
        .note([{ id, token: second.token, progress: { percent: 80, note: 'x' }, lines: [] }])
      await worker.settle([second], { kind: 'succeed', result: null })
      matches(await scene.read(id), { progress: { percent: 80, note: 'x' } }, 'finished job')
    },
  ),
})
