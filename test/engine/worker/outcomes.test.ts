import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { task } from '../../../src/engine/task.ts'
import { Discard, Retry, Snooze } from '../../../src/engine/throwables.ts'
import { newJob, Scene } from './scene.ts'

describe('outcomes of attempts', () => {
  test('an output is stored, and undefined is null', async () => {
    const answers = task('answers', { run: async (input: { n: number }) => ({ twice: input.n * 2 }) })
    const silent = task('silent', { run: () => undefined })
    const scene = new Scene({ tasks: [answers, silent] }).watch('job:started', 'job:succeeded')
    const a = await scene.enqueue('answers', { n: 21 })
    const b = await scene.enqueue('silent')
    await scene.runAll()
    expect(await scene.get(a)).toMatchObject({ state: 'succeeded', result: '{"twice":42}', attempt: 1 })
    expect(await scene.get(b)).toMatchObject({ state: 'succeeded', result: null })
    expect(scene.events('job:started').map(({ id }) => id)).toEqual([a, b])
    expect(
      scene
        .events('job:succeeded')
        .map(({ id }) => id)
        .sort(),
    ).toEqual([a, b].sort())
  })

  test('a failure is retried by the rule of the job over the task over the default', async () => {
    const fails = task('fails', {
      retry: { attempts: 9, backoff: 'fixed', delay: '7s' },
      run: () => {
        throw new Error('no luck')
      },
    })
    const plain = task('plain', { run: async () => Promise.reject(new TypeError('bad')) })
    const scene = new Scene({ tasks: [fails, plain] }).watch('job:retrying')
    const rule = { backoff: 'linear', delayMs: 3_000, maxDelayMs: 60_000, jitter: false } as const
    const own = await scene.enqueue('fails', undefined, { retry: rule })
    const byTask = await scene.enqueue('fails')
    const byDefault = await scene.enqueue('plain')
    await scene.runAll()
    const delays = new Map(scene.events('job:retrying').map(({ id, delayMs }) => [id, delayMs]))
    expect(delays.get(own)).toBe(3_000)
    expect(delays.get(byTask)).toBe(7_000)
    expect(delays.get(byDefault)).toBeLessThanOrEqual(5_000)
    expect(await scene.get(own)).toMatchObject({
      state: 'retrying',
      error: { name: 'Error', message: 'no luck' },
    })
    expect((await scene.get(byDefault)).error).toMatchObject({ name: 'TypeError', message: 'bad' })
  })

  test('a job whose attempts are used up is exhausted', async () => {
    let runs = 0
    const fails = task('fails', {
      retry: { delay: 0 },
      run: () => {
        runs += 1
        throw new Error(`run ${runs}`)
      },
    })
    const scene = new Scene({ tasks: [fails] }).watch('job:failed')
    const id = await scene.enqueue('fails', undefined, { maxAttempts: 3 })
    await scene.runAll()
    expect(runs).toBe(3)
    expect(await scene.get(id)).toMatchObject({ state: 'failed', reason: 'exhausted', attempt: 3 })
    expect(scene.events('job:failed')).toMatchObject([{ id, reason: 'exhausted', attempt: 3 }])
    const attempts = await scene.backend.records?.attempts(id)
    expect(attempts?.map(({ outcome, error }) => [outcome, error?.message])).toEqual([
      ['retried', 'run 1'],
      ['retried', 'run 2'],
      ['failed', 'run 3'],
    ])
  })

  test.each([
    [
      'Retry with a delay',
      () => new Retry({ delay: '1h', cause: new Error('busy') }),
      { state: 'retrying', attempt: 1 },
    ],
    ['Discard', () => new Discard('pointless'), { state: 'failed', reason: 'discarded' }],
    ['Snooze', () => new Snooze({ delay: '2h' }), { state: 'scheduled', attempt: 0 }],
  ])('%s', async (_, make, expected) => {
    const says = task('says', {
      run: () => {
        throw make()
      },
    })
    const scene = new Scene({ tasks: [says] }).watch('job:retrying', 'job:snoozed')
    const id = await scene.enqueue('says')
    await scene.runAll()
    expect(await scene.get(id)).toMatchObject(expected)
    for (const { delayMs } of scene.events('job:retrying')) expect(delayMs).toBe(3_600_000)
    for (const { delayMs } of scene.events('job:snoozed')) expect(delayMs).toBe(7_200_000)
  })

  test('Retry on the last attempt fails the job', async () => {
    const says = task('says', { run: () => Promise.reject(new Retry({ delay: 0 })) })
    const scene = new Scene({ tasks: [says] })
    const id = await scene.enqueue('says', undefined, { maxAttempts: 2 })
    await scene.runAll()
    expect(await scene.get(id)).toMatchObject({ state: 'failed', reason: 'exhausted', attempt: 2 })
  })

  test('job.snooze ends the attempt, which does not count', async () => {
    const later = task('later', { run: (_: undefined, job) => job.snooze('10m') })
    const scene = new Scene({ tasks: [later] })
    const id = await scene.enqueue('later', undefined, { maxAttempts: 1 })
    await scene.runAll()
    expect(await scene.get(id)).toMatchObject({ state: 'scheduled', attempt: 0 })
  })

  test('retryIf gives up at once, and one that throws does not', async () => {
    const picky = task('picky', {
      retryIf: (error, { attempt }) => {
        if (attempt > 1) throw new Error('retryIf is broken')
        return !(error instanceof RangeError)
      },
      retry: { delay: 0 },
      run: (input: { fatal: boolean }) => {
        throw input.fatal ? new RangeError('out') : new Error('again')
      },
    })
    const scene = new Scene({ tasks: [picky] }).watch('internal:error')
    const fatal = await scene.enqueue('picky', { fatal: true })
    const again = await scene.enqueue('picky', { fatal: false }, { maxAttempts: 3 })
    await scene.runAll()
    expect(await scene.get(fatal)).toMatchObject({ state: 'failed', reason: 'discarded', attempt: 1 })
    expect(await scene.get(again)).toMatchObject({ state: 'failed', reason: 'exhausted', attempt: 3 })
    expect(scene.events('internal:error')[0]).toMatchObject({ during: "retryIf of task 'picky'" })
  })

  test('a custom backoff decides, and one that answers nonsense is reported', async () => {
    const custom = task('custom', {
      retry: { backoff: ({ attempt }) => (attempt === 1 ? 0 : 'soonish'), delay: '5s', jitter: false },
      run: () => {
        throw new Error('no')
      },
    })
    const scene = new Scene({ tasks: [custom] }).watch('job:retrying', 'internal:error')
    await scene.enqueue('custom')
    await scene.runAll()
    expect(scene.events('job:retrying').map(({ delayMs }) => delayMs)).toEqual([0, 10_000])
    expect(scene.events('internal:error')).toMatchObject([{ during: "retry.backoff of task 'custom'" }])
  })

  test('an input that does not fit its schema burns no attempt', async () => {
    let ran = false
    const strict = task('strict', {
      input: z.object({ n: z.number() }),
      run: () => {
        ran = true
      },
    })
    const scene = new Scene({ tasks: [strict] })
    const id = await scene.enqueue('strict', { n: 'one' })
    const broken = await scene.enqueue('strict', undefined, { payload: '{"n":' })
    await scene.runAll()
    expect(ran).toBe(false)
    expect(await scene.get(id)).toMatchObject({ state: 'failed', reason: 'invalid-input', attempt: 0 })
    expect((await scene.get(id)).error?.message).toContain('n: ')
    expect(await scene.get(broken)).toMatchObject({ state: 'failed', reason: 'invalid-input' })
  })

  test('an asynchronous schema is awaited', async () => {
    const slow = task('slow', {
      input: z.object({ n: z.number().refine(async (n) => n > 0) }),
      output: z.string().transform(async (text) => text.toUpperCase()),
      run: ({ n }) => `n is ${n}`,
    })
    const scene = new Scene({ tasks: [slow] })
    const good = await scene.enqueue('slow', { n: 1 })
    const bad = await scene.enqueue('slow', { n: -1 })
    await scene.runAll()
    expect(await scene.get(good)).toMatchObject({ state: 'succeeded', result: '"N IS 1"' })
    expect(await scene.get(bad)).toMatchObject({ state: 'failed', reason: 'invalid-input' })
  })

  test.each([
    ['BigInt', () => 1n, 'JSON'],
    ['a cycle', cycle, 'JSON'],
    ['too much', () => 'x'.repeat(2_000_000), 'limit'],
  ])('an output that cannot be stored is the attempt’s error: %s', async (_, run, word) => {
    const bad = task('bad', { run: run as () => unknown })
    const scene = new Scene({ tasks: [bad] })
    const id = await scene.enqueue('bad', undefined, { maxAttempts: 1 })
    await scene.runAll()
    const job = await scene.get(id)
    expect(job).toMatchObject({ state: 'failed', reason: 'exhausted' })
    expect(job.error?.message).toContain(word)
    expect(job.error?.message).toContain("the output of task 'bad'".slice(1))
  })

  test('a thenable that misbehaves settles its attempt once', async () => {
    const thenable = {
      // biome-ignore lint/suspicious/noThenProperty: that is what is tested
      then: (ok: (value: unknown) => void, no: (error: unknown) => void) => {
        ok('first')
        no(new Error('second'))
        ok('third')
      },
    }
    const odd = task('odd', { run: () => thenable as unknown as Promise<string> })
    const scene = new Scene({ tasks: [odd] })
    const id = await scene.enqueue('odd')
    await scene.runAll()
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded', result: '"first"' })
  })

  test('whatever is thrown is stored', async () => {
    const throws = task('throws', {
      run: (input: { what: string }) => {
        throw { text: 'a text', nothing: undefined, nil: null, number: 7 }[input.what]
      },
    })
    const scene = new Scene({ tasks: [throws] })
    const ids = await scene.enqueueMany(
      ['text', 'nothing', 'nil', 'number'].map((what) => newJob('throws', { what }, { maxAttempts: 1 })),
    )
    await scene.runAll()
    for (const id of ids) expect(await scene.get(id)).toMatchObject({ state: 'failed', reason: 'exhausted' })
  })
})

function cycle(): unknown {
  const loop: Record<string, unknown> = {}
  loop.self = loop
  return loop
}
