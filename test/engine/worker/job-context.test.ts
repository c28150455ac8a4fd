import { describe, expect, test } from 'vitest'
import type { Job } from '../../../src/contract/index.ts'
import { task } from '../../../src/engine/task.ts'
import { gate, Scene } from './scene.ts'

describe('the job in a handler’s hand', () => {
  test('knows what it is', async () => {
    let seen: Record<string, unknown> = {}
    const looks = task('looks', {
      aliases: ['looked'],
      run: (_: undefined, job: Job) => {
        const {
          id,
          task: name,
          queue,
          attempt,
          maxAttempts,
          priority,
          tags,
          meta,
          createdAt,
          workerId,
          idempotencyKey,
        } = job
        seen = {
          id,
          name,
          queue,
          attempt,
          maxAttempts,
          priority,
          tags,
          meta,
          createdAt,
          workerId,
          idempotencyKey,
        }
      },
    })
    const scene = new Scene({ tasks: [looks] })
    const options = { priority: 5, tags: ['a'], meta: { from: 'here' }, maxAttempts: 4 }
    const id = await scene.enqueue('looked', undefined, options)
    await scene.runAll({ id: 'w1' })
    const same = { id, queue: 'default', attempt: 1, workerId: 'w1', idempotencyKey: id, name: 'looks' }
    expect(seen).toMatchObject({ ...same, ...options })
    expect(seen.createdAt).toBeInstanceOf(Date)
  })

  test('progress and log lines are stored before the outcome', async () => {
    const talks = task('talks', {
      run: (_: undefined, job) => {
        const fields = { n: 1 }
        job.progress(10)
        job.progress(100, 'done')
        job.log.info('first', fields)
        fields.n = 2
        job.log.error('second', { bad: 1n as never })
      },
    })
    const scene = new Scene({ tasks: [talks] }).watch('job:progress')
    const id = await scene.enqueue('talks')
    await scene.runAll()
    expect(await scene.get(id)).toMatchObject({
      state: 'succeeded',
      progress: { percent: 100, note: 'done' },
    })
    const lines = (await scene.backend.records?.logs(id, 10)) ?? []
    expect(lines).toMatchObject([
      { level: 'info', message: 'first', fields: { n: 1 }, attempt: 1 },
      { level: 'error', message: 'second' },
    ])
    expect(lines[1]?.fields).toHaveProperty('unloggable')
    expect(scene.events('job:progress').map(({ progress }) => progress.percent)).toEqual([10, 100])
  })

  test('they are stored while it runs, a few times a second', async () => {
    const go = gate()
    const talks = task('talks', {
      run: async (_: undefined, job) => {
        for (let percent = 0; percent <= 100; percent += 1) job.progress(percent)
        job.log.warn('on the way')
        await go.opened
      },
    })
    const noted = gate()
    let notes = 0
    const scene = new Scene({
      tasks: [talks],
      wrap: (backend) => ({
        ...backend,
        ...(backend.records && {
          records: {
            ...backend.records,
            note: async (batch) => {
              notes += 1
              await backend.records?.note(batch)
              noted.open()
            },
          },
        }),
      }),
    })
    const id = await scene.enqueue('talks')
    const worker = scene.worker()
    await worker.start()
    await noted.opened
    expect(await scene.get(id)).toMatchObject({ state: 'active', progress: { percent: 100 } })
    go.open()
    await worker.idle()
    expect(notes).toBe(1)
  })

  test.each([
    [(job: Job) => job.progress(101), /from 0 to 100/],
    [(job: Job) => job.progress(Number.NaN), /from 0 to 100/],
    [(job: Job) => job.progress(1, 2 as never), /note/],
    [(job: Job) => job.snooze('soonish'), /delay must be a duration/],
    [(job: Job) => job.once('', () => 1), /key must have/],
    [(job: Job) => job.once('k', 1 as never), /needs a function/],
    [(job: Job) => job.once('k', () => 1, { onInterrupt: 'again' as never }), /onInterrupt must be/],
    [(job: Job) => job.in({}), /facet 'transaction'/],
  ])('a wrong call is the attempt’s error: %s', async (call, message) => {
    const wrong = task('wrong', { run: async (_: undefined, job: Job) => void (await call(job)) })
    const scene = new Scene({ tasks: [wrong] })
    const id = await scene.enqueue('wrong', undefined, { maxAttempts: 1 })
    await scene.runAll()
    const job = await scene.get(id)
    expect(job.state).toBe('failed')
    expect(job.error?.message).toMatch(message)
  })
})
