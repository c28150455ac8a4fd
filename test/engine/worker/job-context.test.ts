import { describe, expect, test } from 'vitest'
import type { Backend, Job, Settlement, StoreTransaction } from '../../../src/contract/index.ts'
import { OnceInterruptedError, UnsupportedFacetError } from '../../../src/contract/index.ts'
import { task } from '../../../src/engine/task.ts'
import { gate, newJob, Scene } from './scene.ts'

/** A user's own connection. */
interface Connection {
  commit: () => Promise<void>
}

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

describe('job.once', () => {
  test('runs its effect once over all attempts, and answers the stored value', async () => {
    let effects = 0
    const values: unknown[] = []
    const pays = task('pays', {
      retry: { delay: 0 },
      run: async (_: undefined, job) => {
        const charge = async () => {
          effects += 1
          return { charge: effects }
        }
        values.push(await job.once('charge', charge))
        values.push(await job.once('nothing', () => undefined))
        if (job.attempt < 3) throw new Error('later on')
      },
    })
    const scene = new Scene({ tasks: [pays] })
    const id = await scene.enqueue('pays')
    await scene.runAll()
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded', attempt: 3 })
    expect(effects).toBe(1)
    expect(values).toEqual([{ charge: 1 }, undefined, { charge: 1 }, undefined, { charge: 1 }, undefined])
  })

  test('an effect that throws has not happened', async () => {
    let tries = 0
    const pays = task('pays', {
      retry: { delay: 0 },
      run: async (_: undefined, job) =>
        job.once('charge', () => {
          tries += 1
          if (tries === 1) throw new Error('declined')
          return tries
        }),
    })
    const scene = new Scene({ tasks: [pays] })
    const id = await scene.enqueue('pays')
    await scene.runAll()
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded', result: '2' })
  })

  test('two calls with one key in one attempt share one run', async () => {
    let effects = 0
    const pays = task('pays', {
      run: async (_: undefined, job) => {
        const effect = async () => {
          effects += 1
          return effects
        }
        return Promise.all([job.once('a', effect), job.once('a', effect)])
      },
    })
    const scene = new Scene({ tasks: [pays] })
    const id = await scene.enqueue('pays')
    await scene.runAll()
    expect(effects).toBe(1)
    expect(await scene.get(id)).toMatchObject({ result: '[1,1]' })
  })

  test('after an interruption nobody knows, unless a second run is harmless', async () => {
    const errors: unknown[] = []
    let reran = 0
    const pays = task('pays', {
      run: async (mode: 'throw' | 'rerun', job) => {
        if (job.attempt === 1) {
          // As if the process died inside the block: it never ends.
          void job.once('charge', () => new Promise(() => undefined))
          throw new Error('crash')
        }
        await job
          .once('charge', () => void reran++, { onInterrupt: mode })
          .catch((error: unknown) => void errors.push(error))
      },
    })
    const scene = new Scene({ tasks: [pays] })
    const rule = { backoff: 'fixed', delayMs: 0, maxDelayMs: 0, jitter: false } as const
    await scene.enqueueMany([
      newJob('pays', 'throw', { retry: rule }),
      newJob('pays', 'rerun', { retry: rule }),
    ])
    await scene.runAll()
    expect(errors).toHaveLength(1)
    expect(errors[0]).toBeInstanceOf(OnceInterruptedError)
    expect(reran).toBe(1)
  })

  test('an interruption that the handler does not catch fails the job at once', async () => {
    const pays = task('pays', {
      run: async (_: undefined, job) => {
        if (job.attempt > 1) return job.once('charge', () => 'again')
        void job.once('charge', () => new Promise(() => undefined))
        throw new Error('crash')
      },
    })
    const scene = new Scene({ tasks: [pays] })
    const rule = { backoff: 'fixed', delayMs: 0, maxDelayMs: 0, jitter: false } as const
    const id = await scene.enqueue('pays', undefined, { maxAttempts: 10, retry: rule })
    await scene.runAll()
    const error = expect.objectContaining({ code: 'once-interrupted' })
    expect(await scene.get(id)).toMatchObject({ state: 'failed', reason: 'discarded', attempt: 2, error })
  })

  test('needs a backend that remembers', async () => {
    let error: unknown
    const pays = task('pays', {
      run: async (_: undefined, job) =>
        job
          .once('charge', () => 1)
          .catch((caught: unknown) => {
            error = caught
          }),
    })
    const scene = new Scene({
      tasks: [pays],
      wrap: ({ checkpoints: _, ...backend }) => ({ ...backend, name: 'plain' }),
    })
    await scene.enqueue('pays')
    await scene.runAll()
    expect(error).toBeInstanceOf(UnsupportedFacetError)
    expect((error as Error).message).toContain("'plain'")
  })
})

describe('job.in', () => {
  /** A store whose transactions are kept back until they commit. */
  function withTransactions(backend: Backend, connection: Connection): Backend {
    return {
      ...backend,
      transaction: {
        join: () => {
          const kept: Settlement[] = []
          connection.commit = async () => {
            await backend.exchange({ workerId: 'nobody', settle: kept, claim: null })
          }
          const settle = async (list: readonly Settlement[]) => {
            kept.push(...list)
            return []
          }
          return { settle } as unknown as StoreTransaction
        },
        run: async () => {
          throw new Error('not here')
        },
        committed: () => undefined,
      },
    }
  }

  test('success commits with the handler’s own writes', async () => {
    const connection: Connection = { commit: () => Promise.resolve() }
    const writes = task('writes', {
      run: async (_: undefined, job) => {
        await job.in(connection).succeed({ wrote: true })
        await connection.commit()
        return 'ignored'
      },
    })
    const scene = new Scene({ tasks: [writes], wrap: (backend) => withTransactions(backend, connection) })
    scene.watch('job:succeeded', 'job:lease-lost', 'job:retrying')
    const id = await scene.enqueue('writes')
    await scene.runAll()
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded', result: '{"wrote":true}' })
    expect(scene.seen.map(({ name }) => name)).toEqual(['job:succeeded'])
  })

  test.each([
    ['throws', new Error('rolled back'), 'rolled back'],
    ['says nothing of it', null, 'did not commit'],
  ])('after a rollback the attempt has failed: the handler %s', async (_, error, message) => {
    const connection: Connection = { commit: () => Promise.resolve() }
    const writes = task('writes', {
      run: async (_input: undefined, job) => {
        await job.in(connection).succeed('x')
        if (error !== null) throw error
      },
    })
    const scene = new Scene({ tasks: [writes], wrap: (backend) => withTransactions(backend, connection) })
    scene.watch('job:succeeded', 'job:lease-lost', 'job:retrying')
    const id = await scene.enqueue('writes')
    await scene.runAll()
    const job = await scene.get(id)
    expect(job.state).toBe('retrying')
    expect(job.error?.message).toContain(message)
    expect(scene.seen.map(({ name }) => name)).toEqual(['job:retrying'])
  })
})

describe('middleware', () => {
  test('wraps every run, the first one outermost', async () => {
    const order: string[] = []
    const wrap = (name: string) => ({
      run: async (job: Job, input: unknown, next: (input: unknown) => Promise<unknown>) => {
        order.push(`${name} in ${job.task}`)
        const output = await next({ ...(input as object), [name]: true })
        order.push(`${name} out`)
        return { ...(output as object), [`${name}Saw`]: true }
      },
    })
    const echo = task('echo', { run: (input: object) => input })
    const scene = new Scene({
      tasks: [echo],
      middleware: [wrap('a'), { enqueue: async (call, next) => next(call) }, wrap('b')],
    })
    const id = await scene.enqueue('echo', { start: true })
    await scene.runAll()
    expect(order).toEqual(['a in echo', 'b in echo', 'b out', 'a out'])
    expect(JSON.parse((await scene.get(id)).result ?? '')).toEqual({
      start: true,
      a: true,
      b: true,
      aSaw: true,
      bSaw: true,
    })
  })

  test('what it throws is the attempt’s error, and next() runs the handler once', async () => {
    let ran = 0
    const counts = task('counts', {
      run: () => {
        ran += 1
      },
    })
    const scene = new Scene({
      tasks: [counts],
      middleware: [
        {
          run: async (_, input, next) => {
            await next(input)
            await next(input)
          },
        },
      ],
    })
    const id = await scene.enqueue('counts', undefined, { maxAttempts: 1 })
    await scene.runAll()
    expect(ran).toBe(1)
    expect((await scene.get(id)).error?.message).toContain('next() twice')
  })
})

describe('tasks that are not known', () => {
  test('park the job with a clear error, and a worker that knows the task runs it', async () => {
    const scene = new Scene({ tasks: [task('send-mail', { run: () => undefined })] }).watch('job:failed')
    const id = await scene.enqueue('send-mial')
    await scene.runAll()
    expect(await scene.get(id)).toMatchObject({ state: 'failed', reason: 'unknown-task', attempt: 0 })
    expect((await scene.get(id)).error?.message).toContain("Did you mean 'send-mail'?")
    expect(scene.events('job:failed')).toMatchObject([{ id, reason: 'unknown-task' }])
    scene.context.registry.add(task('mailer', { aliases: ['send-mial'], run: () => 'sent' }))
    const worker = scene.worker()
    const done = scene.next('job:succeeded')
    await worker.start()
    await done
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded', result: '"sent"', attempt: 1 })
  })

  test('a declaration without a handler is one', async () => {
    const scene = new Scene({ tasks: [task('declared')] })
    const id = await scene.enqueue('declared')
    await scene.runAll()
    expect(await scene.get(id)).toMatchObject({ state: 'failed', reason: 'unknown-task' })
    expect((await scene.get(id)).error?.message).toContain('only declared here')
  })

  test('a task that is registered while the worker runs is found', async () => {
    const scene = new Scene()
    const worker = scene.worker()
    await worker.start()
    scene.context.registry.add(task('late', { run: () => 'here' }))
    const id = await scene.enqueue('late')
    await worker.idle()
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded' })
  })
})
