import { describe, expect, test } from 'vitest'
import { millrace } from '../../src/app/millrace.ts'
import { InvalidOptionError } from '../../src/contract/index.ts'
import { task } from '../../src/engine/task.ts'
import { testApp } from '../../src/testing/index.ts'
import { flaky, noop, sendMail } from './tasks.ts'

describe('options', () => {
  test('those of the app hold', async () => {
    await using app = testApp({ tasks: [noop], defaults: { queue: 'usual', priority: 2 } })
    await app.enqueue(noop)
    app.expectEnqueued(noop, undefined, { queue: 'usual', priority: 2 })
    expect(app.tasks).toEqual([noop])
  })

  test.each([
    [{ backend: 'memory:' }, 'testApp() brings its own backend'],
    [{ clock: {} }, 'testApp() brings its own clock'],
    [{ mode: 'inlined' }, "mode must be 'fake' or 'inline', got 'inlined'"],
    [{ taks: [] }, "Did you mean 'tasks'?"],
    [{ insteadOf: {} }, 'insteadOf must be an app made with millrace()'],
  ])('%o is refused', (options, message) => {
    expect(() => testApp(options as never)).toThrow(InvalidOptionError)
    expect(() => testApp(options as never)).toThrow(message)
  })
})

describe('reset', () => {
  test('as new, tasks and middleware apart', async () => {
    let enqueues = 0
    await using app = testApp({ start: 0 })
    app.register(noop, flaky)
    app.use({
      enqueue: (call, next) => {
        enqueues += 1
        return next(call)
      },
    })
    await app.enqueue(noop, undefined, { unique: true, delay: '1h' })
    await app.queues.pause('default')
    app.clock.advance('3d')
    await app.reset()
    app.refuteEnqueued()
    expect(await app.queues.paused()).toEqual([])
    expect(app.clock.now()).toBe(0)
    expect(await app.enqueue(noop, undefined, { unique: true })).toMatchObject({ outcome: 'created' })
    expect(await app.drain()).toMatchObject({ ran: 1 })
    expect(enqueues).toBe(2)
  })

  test('who waits for results goes on waiting for later ones', async () => {
    await using app = testApp({ tasks: [noop] })
    const gone = app.result(await app.enqueue(noop), { timeout: '5s' })
    gone.catch(() => {})
    await app.reset()
    const receipt = await app.enqueue(noop)
    const result = app.result(receipt, { timeout: '5s' })
    await app.drain()
    expect(await result).toBe('done')
    await expect(gone).rejects.toThrow('There is no job')
  })
})

describe('insteadOf', () => {
  const real = millrace({ backend: 'sqlite:/nowhere/at/all.db', tasks: [sendMail] })
  const signUp = (to: string): Promise<unknown> => real.enqueue(sendMail, { to })

  test('the code under test reaches the test app, until it is closed', async () => {
    const { enqueue } = real
    const app = testApp({ insteadOf: real })
    await signUp('ada')
    app.expectEnqueued(sendMail, { to: 'ada' })
    expect(real.events).toBe(app.events)
    expect(await real.info()).toMatchObject({ name: 'memory' })
    expect(() => testApp({ insteadOf: real })).toThrow('Another test app stands in for this app')
    await app.close()
    expect(real.enqueue).toBe(enqueue)
    await expect(signUp('bob')).rejects.toThrow(/nowhere/)
  })

  test('in both modes, with await using, one after the other', async () => {
    {
      await using app = testApp({ insteadOf: real, mode: 'inline' })
      await signUp('ada')
      expect(await app.queues.counts()).toContainEqual({ queue: 'mail', state: 'succeeded', count: 1 })
    }
    {
      await using app = testApp({ insteadOf: real })
      app.refuteEnqueued()
      await real.close()
      await expect(signUp('cyd')).rejects.toThrow('closed')
    }
  })
})

test('a closed test app says so', async () => {
  const app = testApp({ tasks: [noop] })
  await app.close()
  await expect(app.enqueue(noop)).rejects.toThrow('closed')
  await expect(app.drain()).rejects.toThrow('closed')
})

test('the whole app is there', async () => {
  const started: string[] = []
  await using app = testApp({ tasks: [noop, flaky] })
  app.events.on('job:started', ({ task: name }) => started.push(name))
  const [one, other] = await app.enqueueMany(noop, [undefined, undefined])
  await app.cancel(other!.id)
  await app.drain()
  expect(started).toEqual(['noop'])
  expect(await app.result(one!)).toBe('done')
  expect((await app.list({ states: ['cancelled'] })).jobs.map(({ id }) => id)).toEqual([other!.id])
})

test('a handler of a task that is registered later', async () => {
  const late = task('late', { isolate: 'thread', run: () => 'here' })
  await using app = testApp()
  app.register(late)
  const receipt = await app.enqueue(late)
  await app.drain()
  expect(await app.result(receipt)).toBe('here')
})
