import { describe, expect, test } from 'vitest'
import { UnsupportedFacetError } from '../../../src/contract/index.ts'
import { task } from '../../../src/engine/task.ts'
import { makeUniqueRule, readUnique } from '../../../src/engine/unique-key.ts'
import { claim, rejection, settle, setup } from './setup.ts'

const free = task('free', { run: (_input: unknown) => {} })

function key(option: Parameters<typeof readUnique>[0], input: unknown, name = 'free'): string {
  const spec = readUnique(option)
  if (spec === null) throw new Error('Not unique')
  return makeUniqueRule(spec, name, input, JSON.stringify(input) ?? '').key
}

describe('the key', () => {
  test('is that of the whole input, in whatever order', () => {
    expect(key(true, { a: 1, b: { c: 2, d: 3 } })).toBe(key(true, { b: { d: 3, c: 2 }, a: 1 }))
    expect(key(true, { a: 1 })).not.toBe(key(true, { a: '1' }))
    expect(key(true, [1, 2])).not.toBe(key(true, [2, 1]))
    expect(key(true, undefined)).toBe(key(true, undefined))
    expect(key(true, undefined)).not.toBe(key(true, null))
  })

  test('is a task’s own', () => {
    expect(key(true, 1, 'a')).not.toBe(key(true, 1, 'b'))
    expect(key({ by: 'k' }, 1, 'a')).not.toBe(key({ by: 'k' }, 1, 'b'))
  })

  test('of chosen fields ignores the others', () => {
    const by = { by: ['user', 'kind'] as never[] }
    expect(key(by, { user: 1, kind: 'a', at: 1 })).toBe(key(by, { at: 2, kind: 'a', user: 1 }))
    expect(key(by, { user: 1, kind: 'a' })).not.toBe(key(by, { user: 1, kind: 'b' }))
    expect(key(by, { user: 1 })).not.toBe(key({ by: ['user'] as never[] }, { user: 1 }))
    expect(() => key(by, 'text')).toThrow('names fields')
  })

  test('may be given, or made by a function', () => {
    expect(key({ by: 'order-1' }, 1)).toBe(key({ by: () => 'order-1' }, 2))
    expect(key({ by: 'order-1' }, 1)).toContain('order-1')
    const long = key({ by: 'x'.repeat(1000) }, 1, 'n'.repeat(128))
    expect(long.length).toBeLessThanOrEqual(256)
    expect(long).not.toBe(key({ by: 'x'.repeat(1001) }, 1, 'n'.repeat(128)))
  })
})

describe('unique jobs', () => {
  test('are skipped while one is unfinished, and free afterwards', async () => {
    const { client, backend } = setup()
    const first = await client.enqueue(free, { a: 1 }, { unique: true })
    expect(first.outcome).toBe('created')
    expect(await client.enqueue(free, { a: 1 }, { unique: true })).toEqual({
      ...first,
      outcome: 'deduplicated',
    })
    const [job] = await claim(backend)
    expect((await client.enqueue(free, { a: 1 }, { unique: true })).outcome).toBe('deduplicated')
    if (job !== undefined) await settle(backend, job, { kind: 'succeed', result: null })
    expect((await client.enqueue(free, { a: 1 }, { unique: true })).outcome).toBe('created')
  })

  test('within a period, whatever becomes of the first', async () => {
    const { client } = setup()
    const throttled = { unique: { for: '1h' } }
    const { id } = await client.enqueue(free, 1, throttled)
    await client.cancel(id)
    expect(await client.enqueue(free, 1, throttled)).toMatchObject({ id, outcome: 'deduplicated' })
  })

  test('while in chosen states', async () => {
    const { client, backend } = setup()
    const waiting = { unique: { while: ['pending'] as const } }
    await client.enqueue(free, 1, waiting)
    await claim(backend)
    expect((await client.enqueue(free, 1, waiting)).outcome).toBe('created')
  })

  test('replace and reschedule take the new input', async () => {
    const { client } = setup()
    const first = await client.enqueue(free, 'old', { unique: { by: 'k' } })
    const replaced = await client.enqueue(free, 'new', { unique: { by: 'k', onConflict: 'replace' } })
    expect(replaced).toMatchObject({ id: first.id, outcome: 'replaced' })
    const debounce = { delay: '5s', unique: { by: 'k', onConflict: 'reschedule' } } as const
    expect(await client.enqueue(free, 'newest', debounce)).toMatchObject({
      id: first.id,
      outcome: 'rescheduled',
    })
    expect(await client.get(first.id)).toMatchObject({ input: 'newest', state: 'scheduled' })
  })

  test('a change that comes while the job runs becomes a new job, which takes the next change', async () => {
    for (const onConflict of ['replace', 'reschedule'] as const) {
      const { client, backend } = setup()
      const latest = { unique: { by: 'k', onConflict } } as const
      const first = await client.enqueue(free, 'old', latest)
      await claim(backend)
      const second = await client.enqueue(free, 'new', latest)
      expect(second.outcome).toBe('created')
      const third = await client.enqueue(free, 'newest', latest)
      expect(third).toEqual({ ...second, outcome: `${onConflict}d` })
      expect(await client.get(first.id)).toMatchObject({ input: 'old', state: 'active' })
      expect(await client.get(second.id)).toMatchObject({ input: 'newest', state: 'pending' })
    }
  })

  test('states and periods that are given hold whatever the conflict rule', () => {
    const onConflict = 'reschedule'
    expect(readUnique({ onConflict })?.states).toEqual(['scheduled', 'pending', 'blocked', 'retrying'])
    expect(readUnique({ onConflict, for: '1h' })?.states).toEqual([])
    expect(readUnique({ onConflict, while: ['active'] })?.states).toEqual(['active'])
    expect(readUnique(true)?.states).toContain('active')
  })

  test('a task’s uniqueness can be switched off by a call', async () => {
    const { client } = setup()
    const once = task('once', { unique: { by: 'all' } })
    expect((await client.enqueue(once)).outcome).toBe('created')
    expect((await client.enqueue(once)).outcome).toBe('deduplicated')
    expect((await client.enqueue(once, undefined, { unique: false })).outcome).toBe('created')
  })

  test('within one batch', async () => {
    const { client } = setup()
    const receipts = await client.enqueueMany(free, [1, 1, 2], { unique: true })
    expect(receipts.map(({ outcome }) => outcome)).toEqual(['created', 'deduplicated', 'created'])
    expect(receipts[0]?.id).toBe(receipts[1]?.id)
  })

  test('need the facet', async () => {
    const without = setup()
    const { unique: _, ...backend } = without.backend
    Object.assign(without.context, { source: { current: backend, open: async () => backend } })
    for (const call of [
      without.client.enqueue(free, 1, { unique: true }),
      without.client.enqueueMany(free, [1], { unique: true }),
    ]) {
      const error = await rejection(call)
      expect(error).toBeInstanceOf(UnsupportedFacetError)
      expect((error as Error).message).toContain("'unique'")
    }
    expect((await without.client.enqueue(free, 1)).outcome).toBe('created')
  })
})
