import { describe, expect, test } from 'vitest'
import {
  type Backend,
  type FacetName,
  InvalidOptionError,
  UnsupportedFacetError,
} from '../../../src/contract/index.ts'
import { task } from '../../../src/engine/task.ts'
import { compressed } from '../../../src/kit/codecs/compressed.ts'
import { claim, finish, rejection, settle, setup } from './setup.ts'

const work = task('work', { run: (_input: number | string | { a: number }) => {} })

describe('jobs', () => {
  test('are read with their payloads decoded', async () => {
    const { client, backend } = setup()
    const { id } = await client.enqueue(work, { a: 1 }, { tags: ['t'], meta: { m: 1 } })
    await finish(backend, { kind: 'succeed', result: '{"b":2}' })
    const view = await client.get(id)
    expect(view).toMatchObject({
      id,
      task: 'work',
      input: { a: 1 },
      output: { b: 2 },
      decodeError: null,
      tags: ['t'],
    })
    expect(await client.get('nothing')).toBeNull()
    expect(await client.attempts(id)).toMatchObject([{ attempt: 1, outcome: 'succeeded' }])
    expect(await client.logs(id)).toEqual([])
  })

  test('say why a payload cannot be decoded here', async () => {
    const { client, context } = setup({ codecs: [compressed()] })
    const { id } = await client.enqueue(work, 'x'.repeat(5000))
    expect(await client.get(id)).toMatchObject({ input: 'x'.repeat(5000) })
    Object.assign(context, { codecs: [] })
    const view = await client.get(id)
    expect(view).toMatchObject({ input: undefined, decodeError: expect.stringContaining('codec') })
  })

  test('are listed by filter, page by page', async () => {
    const { client } = setup()
    await client.enqueueMany(work, [1, 2, 3, 4, 5], (n) => ({
      id: `j${n}`,
      queue: Number(n) > 3 ? 'late' : 'early',
    }))
    const first = await client.list({ queues: ['early'] }, { limit: 2, order: 'oldest' })
    expect(first.jobs.map(({ id }) => id)).toEqual(['j1', 'j2'])
    const second = await client.list({ queues: ['early'] }, { limit: 2, order: 'oldest', after: first.next })
    expect(second.jobs.map(({ id }) => id)).toEqual(['j3'])
    expect(second.next).toBeNull()
    expect((await client.list()).jobs).toHaveLength(5)
    expect((await client.list({ states: ['failed'] })).jobs).toEqual([])
  })

  test('are cancelled: waiting ones at once, running ones by their worker', async () => {
    const { client, backend } = setup()
    await client.enqueueMany(work, [1, 2], (n) => ({ id: `j${n}`, priority: -Number(n) }))
    await claim(backend, 1)
    expect(await client.cancel(['j1', 'j2', 'nothing'])).toEqual([
      { id: 'j1', outcome: 'requested', state: 'active' },
      { id: 'j2', outcome: 'done', state: 'cancelled' },
      { id: 'nothing', outcome: 'not-found', state: null },
    ])
    expect(await backend.control?.receive('worker')).toEqual([{ kind: 'cancel', jobId: 'j1' }])
  })

  test('a job that stops running meanwhile is cancelled all the same', async () => {
    const { client, backend, context } = setup()
    const { id } = await client.enqueue(work, 1)
    const [job] = await claim(backend, 1)
    const { control } = backend
    if (job === undefined || control === undefined) throw new Error('Nothing to cancel')
    const late: Backend = {
      ...backend,
      control: {
        ...control,
        requestCancel: async (ids) => {
          await settle(backend, job, { kind: 'release' })
          return control.requestCancel(ids)
        },
      },
    }
    Object.assign(context, { source: { current: late, open: async () => late } })
    expect(await client.cancel(id)).toEqual([{ id, outcome: 'done', state: 'cancelled' }])
  })

  test('are retried, rescheduled and deleted', async () => {
    const { client } = setup()
    const { id } = await client.enqueue(work, 1, { delay: '1h' })
    const before = Date.now()
    expect(await client.reschedule(id, '2h')).toEqual([{ id, outcome: 'done', state: 'scheduled' }])
    expect((await client.get(id))?.dueAt).toBeGreaterThanOrEqual(before + 7_200_000)
    const when = new Date(Date.now() + 60_000)
    await client.reschedule([id], when)
    expect((await client.get(id))?.dueAt).toBe(when.getTime())
    expect(await client.retry(id)).toEqual([{ id, outcome: 'done', state: 'pending' }])
    expect(await client.delete(id)).toEqual([{ id, outcome: 'done', state: null }])
    expect(await client.delete([])).toEqual([])
    expect(await client.get(id)).toBeNull()
  })

  test('more than 1,000 go in several calls', async () => {
    const { client } = setup()
    const receipts = await client.enqueueMany(
      work,
      Array.from({ length: 1200 }, (_, n) => n),
    )
    const changed = await client.cancel(receipts.map(({ id }) => id))
    expect(changed.filter(({ outcome }) => outcome === 'done')).toHaveLength(1200)
  })
})

describe('queues and workers', () => {
  test('pause, resume, count and drain', async () => {
    const { client, backend } = setup()
    await client.enqueueMany(work, [1, 2, 3])
    await client.enqueue(work, 4, { queue: 'other' })
    await client.enqueue(work, 5, { delay: '1h' })
    await client.queues.pause(['default', 'other'])
    expect(await client.queues.paused()).toEqual(['default', 'other'])
    expect(await claim(backend)).toEqual([])
    await client.queues.resume('default')
    expect(await claim(backend, 1)).toHaveLength(1)
    expect(await client.queues.drain('default')).toBe(3)
    const counts = await client.queues.counts()
    expect(counts).toContainEqual({ queue: 'default', state: 'cancelled', count: 3 })
    expect((await client.list({ states: ['cancelled'] })).jobs[0]?.reason).toBe('drained')
    expect(await client.workers()).toMatchObject([{ id: 'worker' }])
  })
})

describe('arguments', () => {
  const { client } = setup()
  const loosely = client as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>

  test.each([
    ['get', [''], 'id'],
    ['get', [undefined], 'id'],
    ['attempts', [7], 'id'],
    ['logs', ['x', 0], 'limit'],
    ['logs', ['x', '5'], 'limit'],
    ['cancel', [undefined], 'ids'],
    ['cancel', [['a', 7]], 'ids[1]'],
    ['retry', [{}], 'ids'],
    ['delete', [['']], 'ids[0]'],
    ['reschedule', ['x', 'soon'], 'when'],
    ['reschedule', ['x', new Date(Number.NaN)], 'when'],
    ['list', [{ state: ['failed'] }], 'state'],
    ['list', [{ states: ['faild'] }], 'states[0]'],
    ['list', [{ states: 'failed' }], 'states'],
    ['list', [{ reasons: ['bored'] }], 'reasons[0]'],
    ['list', [{ queues: [''] }], 'queues[0]'],
    ['list', [{ createdFrom: new Date() }], 'createdFrom'],
    ['list', [{ text: '' }], 'text'],
    ['list', [null], 'the filter'],
    ['list', [{}, { limit: 0 }], 'limit'],
    ['list', [{}, { limit: 1001 }], 'limit'],
    ['list', [{}, { after: '' }], 'after'],
    ['list', [{}, { after: 7 }], 'after'],
    ['list', [{}, { order: 'random' }], 'order'],
    ['list', [{}, { page: 2 }], 'page'],
  ])('%s(%j) is refused', async (method, args, field) => {
    const error = await rejection(loosely[method]?.(...args) ?? Promise.resolve())
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect(error).toMatchObject({ field })
  })

  test('of queues are checked too', async () => {
    expect(await rejection(client.queues.pause([''] as never))).toMatchObject({ field: 'names[0]' })
    expect(await rejection(client.queues.drain(undefined as never))).toMatchObject({ field: 'name' })
    expect(await rejection(client.list({ states: ['faild' as never] }))).toMatchObject({
      message: expect.stringContaining("Did you mean 'failed'?"),
    })
  })
})

test('a call names the facet that the backend lacks', async () => {
  const made = setup()
  const lacking = (facet: FacetName) => {
    const { [facet]: _, ...backend } = made.backend
    Object.assign(made.context, { source: { current: backend, open: async () => backend } })
    return made.client
  }
  const calls: readonly [FacetName, () => Promise<unknown>][] = [
    ['records', () => lacking('records').get('x')],
    ['records', () => lacking('records').cancel('x')],
    ['records', () => lacking('records').queues.counts()],
    ['control', () => lacking('control').workers()],
    ['limits', () => lacking('limits').queues.pause('x')],
    ['transaction', () => made.client.transaction({}, () => {})],
  ]
  for (const [facet, call] of calls) {
    const error = await rejection(call())
    expect(error).toBeInstanceOf(UnsupportedFacetError)
    expect((error as Error).message).toContain(`'${facet}'`)
  }
})
