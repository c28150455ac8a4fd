import { afterEach, describe, expect, test } from 'vitest'
import type { IsolationOptions } from '../../src/app/isolation.ts'
import type { AnyTask, MillraceEvents } from '../../src/contract/index.ts'
import { contract, createEventBus, createIsolation, Discard, Retry, Snooze } from './built.ts'
import { type TestJob, testJob } from './job.ts'
import { alive } from './processes.ts'

const module = new URL('./fixtures/tasks.mjs', import.meta.url).href
const { default: app, alone } = (await import(module)) as { default: { tasks: AnyTask[] }; alone: AnyTask }

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()))
})

function setUp(options: Partial<IsolationOptions> = {}) {
  const events = createEventBus()
  const troubles: MillraceEvents['internal:error'][] = []
  let onTrouble = () => {}
  const troubled = new Promise<void>((resolve) => {
    onTrouble = resolve
  })
  events.on('internal:error', (event) => {
    troubles.push(event)
    onTrouble()
  })
  const isolation = createIsolation({ module, events, killAfterMs: 20_000, ...options })
  open.push(() => isolation.close())
  function run(
    name: string,
    act: string,
    input: object = {},
    job: TestJob = testJob(name),
  ): Promise<unknown> {
    const task = [...app.tasks, alone].find((candidate) => candidate.name === name)
    if (task === undefined) throw new Error(`no task ${name}`)
    return Promise.resolve(isolation.handler(task)({ act, ...input }, job))
  }
  return { isolation, run, troubles, troubled }
}

async function thrownBy(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  return promise.then(
    () => expect.unreachable('it should have thrown'),
    (error: unknown) => error as Error & Record<string, unknown>,
  )
}

interface Identity {
  pid: number
  threadId: number
  runs: number
}

describe.each(['thread', 'process'])('in a %s', (way) => {
  test('the input goes in and the output comes out', async () => {
    const { run } = setUp()
    const value = { text: 'ä', at: new Date(7), map: new Map([[1, 'one']]), none: undefined, big: 12n }
    expect(await run(way, 'echo', { value })).toEqual(value)
    expect(await run(way, 'echo', {})).toBeUndefined()
  })

  test('the handler runs elsewhere, and a warm child is used again', async () => {
    const { run } = setUp()
    const first = (await run(way, 'who')) as Identity
    const second = (await run(way, 'who')) as Identity
    if (way === 'process') expect(first.pid).not.toBe(process.pid)
    else expect(first.threadId).toBeGreaterThan(0)
    expect(second).toEqual({ ...first, runs: 2 })
  })

  test('concurrent attempts get a child each', async () => {
    const { run } = setUp({ killAfterMs: 20 })
    const jobs = [testJob(way), testJob(way), testJob(way)]
    const ends = jobs.map((job) => thrownBy(run(way, 'hang', {}, job)))
    const places = await Promise.all(jobs.map((job) => job.said('hanging')))
    const key = way === 'process' ? 'pid' : 'threadId'
    expect(new Set(places.map((place) => place.fields?.[key])).size).toBe(3)
    for (const job of jobs) job.abort(new Error('enough'))
    expect((await Promise.all(ends)).map((error) => error.message)).toEqual(['enough', 'enough', 'enough'])
  })

  test('the job’s facts, log lines and progress cross over, in order', async () => {
    const { run } = setUp()
    const job = testJob(way)
    expect(await run(way, 'facts', {}, job)).toEqual({
      ...{ id: job.id, task: way, queue: 'default', attempt: 1, maxAttempts: 5, priority: 0 },
      ...{ tags: ['blue'], meta: { tenant: 7 }, createdAt: new Date(1_000), workerId: 'worker-1' },
      idempotencyKey: job.idempotencyKey,
    })
    await run(way, 'talk', {}, job)
    expect(job.lines).toEqual([
      { level: 'debug', message: 'one', fields: undefined },
      { level: 'warn', message: 'two', fields: { count: 2 } },
      { level: 'info', message: 'three', fields: undefined },
    ])
    expect(job.progressed).toEqual([[40, 'so far']])
  })

  test('what the worker’s job refuses becomes the attempt’s error', async () => {
    const { run } = setUp()
    const progress = () => {
      throw new contract.InvalidOptionError('percent', 'too much')
    }
    const error = await thrownBy(run(way, 'talk', {}, { ...testJob(way), progress }))
    expect(error).toBeInstanceOf(contract.InvalidOptionError)
    expect(error).toMatchObject({ message: 'too much', field: 'percent' })
  })

  test('a thrown error keeps name, message, stack, code, fields and cause', async () => {
    const { run } = setUp()
    const error = await thrownBy(run(way, 'fail'))
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      name: 'PaymentError',
      message: 'card refused',
      code: 'E_CARD',
      status: 402,
    })
    expect(error.issues).toEqual([{ path: 'card', message: 'is expired' }])
    expect(error.stack).toContain('tasks.mjs')
    expect(error.cause).toBeInstanceOf(TypeError)
    expect(error.cause).toMatchObject({ message: 'no number' })
    expect(await thrownBy(run(way, 'throwText'))).toBe('just text')
  })

  test('Retry, Discard and Snooze cross over as what they are', async () => {
    const { run } = setUp()
    const retry = await thrownBy(run(way, 'retry'))
    expect(retry).toBeInstanceOf(Retry)
    expect(retry).toMatchObject({ delay: '7s', cause: { message: 'busy' } })
    const discard = await thrownBy(run(way, 'discard'))
    expect(discard).toBeInstanceOf(Discard)
    expect(discard.message).toContain('no such user')
    const snooze = await thrownBy(run(way, 'snooze'))
    expect(snooze).toBeInstanceOf(Snooze)
    expect(snooze.delay).toBe('3m')
  })

  test('once runs its function in the child, and the worker remembers the value', async () => {
    const { run } = setUp()
    const job = testJob(way)
    const first = (await run(way, 'once', {}, job)) as { charged: Identity }
    if (way === 'process') expect(first.charged.pid).not.toBe(process.pid)
    expect(await run(way, 'once', {}, job)).toEqual(first)
    expect(job.effects.get('charge')).toEqual({ value: first })
  })

  test('once forgets a function that threw, and keeps one begun whose child died in it', async () => {
    const { run } = setUp()
    const job = testJob(way)
    expect(await thrownBy(run(way, 'once', { fail: true }, job))).toMatchObject({ message: 'declined' })
    expect(job.effects.has('charge')).toBe(false)
    expect(await run(way, 'onceSame', {}, job)).toBe(true)
    expect(await thrownBy(run(way, 'once', { die: true }, job))).toBeInstanceOf(contract.ChildCrashedError)
    expect(job.effects.get('charge')).toEqual({})
  })

  test('job.in says that it does not work here', async () => {
    const { run } = setUp()
    const error = await thrownBy(run(way, 'join'))
    expect(error).toBeInstanceOf(contract.UnsupportedFacetError)
    expect(error.message).toContain('isolated handler')
  })

  test('a handler that spins is killed after its signal aborted, and its child replaced', async () => {
    const { run } = setUp({ killAfterMs: 20 })
    const job = testJob(way)
    const end = thrownBy(run(way, 'spin', {}, job))
    const { fields } = await job.said('spinning')
    const reason = new contract.JobTimeoutError('ran too long', { jobId: job.id })
    job.abort(reason)
    expect(await end).toBe(reason)
    if (way === 'process') expect(alive(Number(fields?.pid))).toBe(false)
    expect(await run(way, 'echo', { value: 'next' })).toBe('next')
  })

  test('a handler that listens to its signal ends by itself, and its child lives on', async () => {
    const { run } = setUp()
    const before = (await run(way, 'who')) as Identity
    const job = testJob(way)
    const end = run(way, 'obey', {}, job)
    await job.said('waiting')
    job.abort(new contract.JobTimeoutError('ran too long', {}))
    expect(await end).toEqual({ saw: 'ran too long', name: 'JobTimeoutError' })
    expect(await run(way, 'who')).toEqual({ ...before, runs: 2 })
  })

  test('a job that was aborted before it began starts nothing', async () => {
    const { run } = setUp()
    const job = testJob(way)
    job.abort(new Error('cancelled'))
    expect(await thrownBy(run(way, 'spin', {}, job))).toMatchObject({ message: 'cancelled' })
  })

  test.each([0, 3])('process.exit(%i) in a handler is that attempt’s error alone', async (code) => {
    const { run } = setUp()
    const job = testJob(way)
    const neighbour = testJob(way)
    const neighboured = run(way, 'obey', {}, neighbour)
    await neighbour.said('waiting')
    const error = await thrownBy(run(way, 'exit', { code }, job))
    expect(error).toBeInstanceOf(contract.ChildCrashedError)
    expect(error).toMatchObject({ code: 'child-crashed', jobId: job.id })
    expect(error.message).toContain(`exited with code ${code}`)
    expect(job.lines).toHaveLength(1)
    neighbour.abort(new Error('done'))
    expect(await neighboured).toMatchObject({ saw: 'done' })
  })

  test('a promise nobody waits for crashes the attempt and says with what', async () => {
    const { run } = setUp()
    const error = await thrownBy(run(way, 'reject'))
    expect(error).toBeInstanceOf(contract.ChildCrashedError)
    expect(error.cause).toBeInstanceOf(RangeError)
    expect(error.cause).toMatchObject({ message: 'nobody waits for this' })
  })

  test('a child that dies idle is reported and replaced', async () => {
    const { run, troubles, troubled } = setUp()
    const before = (await run(way, 'who')) as Identity
    expect(await run(way, 'rejectLater')).toBe('fine')
    await troubled
    expect(troubles[0]?.during).toContain(`idle isolated ${way}`)
    const after = (await run(way, 'who')) as Identity
    expect(after).not.toEqual({ ...before, runs: 2 })
    expect(after.runs).toBe(1)
  })

  test('a heap above the limit kills the attempt, not the worker', async () => {
    const { run } = setUp()
    const error = await thrownBy(run(`${way}-small`, 'heap'))
    expect(error).toBeInstanceOf(contract.ChildCrashedError)
    expect(error.message).toContain('ran out of memory: its limit is 32 MiB')
    expect(await run(`${way}-small`, 'echo', { value: 1 })).toBe(1)
  })

  test('a child is replaced after so many jobs', async () => {
    const { run } = setUp()
    const runs: number[] = []
    for (let index = 0; index < 7; index += 1)
      runs.push(((await run(`${way}-thrice`, 'who')) as Identity).runs)
    expect(runs).toEqual([1, 2, 3, 1, 2, 3, 1])
  })

  test('a child that holds too much after a job is replaced', async () => {
    const { run } = setUp()
    await run(`${way}-lean`, 'who')
    await run(`${way}-lean`, 'keep', { mib: 1 })
    expect(await run(`${way}-lean`, 'who')).toMatchObject({ runs: 2 })
    await run(`${way}-lean`, 'keep', { mib: 250 })
    expect(await run(`${way}-lean`, 'who')).toMatchObject({ runs: 1 })
  })

  test('idle children end after a while', async () => {
    const { run } = setUp({ idleMs: 1 })
    const first = (await run(way, 'who')) as Identity
    if (way === 'process') await expect.poll(() => alive(first.pid), { timeout: 5_000 }).toBe(false)
    else
      await expect
        .poll(async () => ((await run(way, 'who')) as Identity).threadId, { timeout: 5_000 })
        .not.toBe(first.threadId)
  })

  test('an output is stored as without isolation', async () => {
    const { run } = setUp()
    const output = await run(way, 'url')
    expect(output).toEqual({ link: 'https://example.test/a', at: new Date(5), list: [1, undefined, 3] })
    const error = await thrownBy(run(way, 'strange'))
    expect(error).toBeInstanceOf(contract.InvalidPayloadError)
    expect(error.message).toContain('cannot leave its isolated child')
  })

  test('an input that would arrive as something else is refused', async () => {
    const { run } = setUp()
    const error = await thrownBy(run(way, 'echo', { value: { link: new URL('https://example.test') } }))
    expect(error).toBeInstanceOf(contract.InvalidPayloadError)
    expect(error.message).toContain('"value.link" is an instance of URL')
  })

  test('close kills what runs', async () => {
    const { isolation, run } = setUp()
    const job = testJob(way)
    const end = thrownBy(run(way, 'spin', {}, job))
    const { fields } = await job.said('spinning')
    await isolation.close()
    expect(await end).toBeInstanceOf(contract.NotRunningError)
    if (way === 'process') expect(alive(Number(fields?.pid))).toBe(false)
    expect(() => isolation.handler(alone)).toThrow(contract.NotRunningError)
  })
})

describe('in a process', () => {
  test('a segmentation fault is one attempt’s error', async () => {
    const { run } = setUp()
    const error = await thrownBy(run('process', 'segfault'))
    expect(error).toBeInstanceOf(contract.ChildCrashedError)
    expect(error.message).toContain('was killed by SIGSEGV')
    expect(await run('process', 'echo', { value: 1 })).toBe(1)
  })

  test('buffers outside the heap count as well, also while the handler blocks', async () => {
    const { run } = setUp()
    const error = await thrownBy(run('process-small', 'buffers'))
    expect(error).toBeInstanceOf(contract.ChildCrashedError)
    expect(error.message).toContain('ran out of memory: its limit is 32 MiB')
  })
})
