import { expect, test } from 'vitest'
import { task } from '../../src/engine/task.ts'
import { testApp } from '../../src/testing/index.ts'

const seen: string[] = []
const note = task('note', {
  run: (input: { name: string }) => {
    seen.push(input.name)
    if (input.name.startsWith('bad')) throw new RangeError(input.name)
  },
})
const parent = task('parent', {
  queue: 'parents',
  run: async (input: { children: string[] }) => {
    seen.push('before')
    await Promise.all(input.children.map((name) => app.enqueue(note, { name }, { queue: `of ${name}` })))
    seen.push('after')
  },
})
const deep = task('deep', {
  run: async (left: number): Promise<void> => {
    if (left > 0) await app.enqueue(deep, left - 1)
    seen.push(`deep ${left}`)
  },
})
const app = testApp({ tasks: [note, parent, deep], mode: 'inline' })

async function fresh(): Promise<void> {
  seen.length = 0
  await app.reset()
}

test('a job has run when its enqueue resolves', async () => {
  await fresh()
  const receipt = await app.enqueue(note, { name: 'a' })
  expect(seen).toEqual(['a'])
  expect((await app.get(receipt.id))?.state).toBe('succeeded')
  app.expectEnqueued(note, { name: 'a' })
})

test('jobs that jobs enqueue run inside, at any depth', async () => {
  await fresh()
  await app.enqueue(parent, { children: ['a', 'b', 'c'] })
  expect([seen[0], seen.slice(1, 4).sort(), seen[4]]).toEqual(['before', ['a', 'b', 'c'], 'after'])
  await fresh()
  await app.enqueue(deep, 20)
  expect(seen).toEqual(Array.from({ length: 21 }, (_, left) => `deep ${left}`))
})

test('a failure is the enqueue’s, the very same error, and reaches the parent', async () => {
  await fresh()
  await expect(app.enqueue(note, { name: 'bad' })).rejects.toThrow(RangeError)
  await expect(app.enqueue(parent, { children: ['bad child'] })).rejects.toThrow('bad child')
  const { jobs } = await app.list({ states: ['retrying'] })
  expect(jobs).toHaveLength(3)
})

test('many jobs: all run, and failures are gathered', async () => {
  await fresh()
  await app.enqueueMany(note, [{ name: 'a' }, { name: 'b' }])
  expect(seen).toEqual(['a', 'b'])
  const failed = app.enqueueMany(note, [{ name: 'bad 1' }, { name: 'c' }, { name: 'bad 2' }])
  await expect(failed).rejects.toMatchObject({
    message: "2 of 3 jobs of task 'note' failed.",
    errors: [new RangeError('bad 1'), new RangeError('bad 2')],
  })
  expect(seen).toContain('c')
})

test('delayed, deduplicated and paused jobs do not run', async () => {
  await fresh()
  await app.enqueue(note, { name: 'later' }, { delay: '1h', unique: true })
  expect(await app.enqueue(note, { name: 'later' }, { unique: true })).toMatchObject({
    outcome: 'deduplicated',
  })
  await app.queues.pause('default')
  await app.enqueue(note, { name: 'paused' })
  expect(seen).toEqual([])
  await app.queues.resume('default')
  await app.advance('1h')
  expect(seen).toEqual(['paused', 'later'])
})
