import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { InvalidPayloadError, PayloadTooLargeError } from '../../../src/contract/index.ts'
import { decodeInput, encodeOutput } from '../../../src/engine/payloads.ts'
import { task } from '../../../src/engine/task.ts'
import { compressed } from '../../../src/kit/codecs/compressed.ts'
import { writePayload } from '../../../src/kit/payload.ts'

const rules = { codecs: [], maxPayloadBytes: 100 }
const job = (payload: string, version = 1) => ({ id: 'j1', payload, version })

function thrown(work: () => unknown): InvalidPayloadError {
  try {
    work()
  } catch (error) {
    if (error instanceof InvalidPayloadError) return error
    throw error
  }
  throw new Error('It did not throw')
}

describe('decodeInput', () => {
  const parsing = task('parsing', { input: z.object({ n: z.string().transform(Number) }) })

  test('parses, so that the handler gets what the schema makes of the stored value', () => {
    expect(decodeInput(rules, parsing, job('{"n":"7"}'))).toEqual({ n: 7 })
    expect(decodeInput(rules, task('free'), job('[1]'))).toEqual([1])
    expect(decodeInput(rules, task('none'), job(''))).toBeUndefined()
  })

  test('names job and task where the stored value does not fit', () => {
    const error = thrown(() => decodeInput(rules, parsing, job('{"n":7}')))
    expect(error).toMatchObject({ jobId: 'j1', task: 'parsing', issues: [{ path: 'n' }] })
    expect(thrown(() => decodeInput(rules, parsing, job('{')))).toMatchObject({ jobId: 'j1' })
    expect(thrown(() => decodeInput(rules, parsing, job('~zip:abc'))).message).toContain("codec 'zip'")
  })

  test('reads codecs', () => {
    const codecs = [compressed()]
    const text = writePayload(codecs, JSON.stringify({ n: '1'.repeat(5000) }), 10_000, 'x')
    expect(text.startsWith('~')).toBe(true)
    expect(decodeInput({ codecs }, task('free'), job(text))).toEqual({ n: '1'.repeat(5000) })
  })

  test('waits for an asynchronous schema', async () => {
    const slow = task('slow', { input: z.string().transform(async (text) => text.length) })
    await expect(decodeInput(rules, slow, job('"abc"'))).resolves.toBe(3)
    const refusing = task('refusing', { input: z.string().refine(async () => false) })
    await expect(decodeInput(rules, refusing, job('"abc"'))).rejects.toBeInstanceOf(InvalidPayloadError)
  })

  test('migrates older payloads before they are checked', async () => {
    const versions: number[] = []
    const migrate = (payload: unknown, from: number) => {
      versions.push(from)
      return { full: (payload as { name: string }).name }
    }
    const moved = task('moved', { version: 3, migrate, input: z.object({ full: z.string() }) })
    expect(decodeInput(rules, moved, job('{"name":"Ada"}', 1))).toEqual({ full: 'Ada' })
    expect(decodeInput(rules, moved, job('{"full":"Ada"}', 3))).toEqual({ full: 'Ada' })
    expect(versions).toEqual([1])
    const slowly = task('slowly', { version: 2, migrate: async (payload, from) => [payload, from] })
    await expect(decodeInput(rules, slowly, job('1', 1))).resolves.toEqual([1, 1])
  })

  test('refuses a payload that is newer than the code', () => {
    const error = thrown(() => decodeInput(rules, task('old', { version: 2 }), job('1', 3)))
    expect(error.message).toContain('version 3')
    expect(error.message).toContain('up to 2')
  })

  test('says so where migrate fails', async () => {
    const cause = new Error('cannot')
    const failing = () => {
      throw cause
    }
    const broken = task('broken', { version: 2, migrate: failing })
    expect(thrown(() => decodeInput(rules, broken, job('1', 1)))).toMatchObject({ cause, jobId: 'j1' })
    const later = task('later', { version: 2, migrate: async () => failing() })
    await expect(decodeInput(rules, later, job('1', 1))).rejects.toMatchObject({
      code: 'invalid-payload',
      cause,
    })
  })
})

describe('encodeOutput', () => {
  test('writes what the output schema makes of the answer', async () => {
    const checked = task('checked', { output: z.object({ n: z.string().transform(Number) }) })
    expect(encodeOutput(rules, checked, { n: '7', extra: 1 })).toBe('{"n":7}')
    expect(() => encodeOutput(rules, checked, { n: 7 })).toThrow(InvalidPayloadError)
    const slow = task('slow', { output: z.string().transform(async (text) => text.length) })
    await expect(encodeOutput(rules, slow, 'abc')).resolves.toBe('3')
  })

  test('answers null for undefined, and refuses what cannot be stored', () => {
    const free = task('free')
    expect(encodeOutput(rules, free, undefined)).toBeNull()
    expect(encodeOutput(rules, free, null)).toBe('null')
    expect(() => encodeOutput(rules, free, 1n)).toThrow(InvalidPayloadError)
    expect(() => encodeOutput(rules, free, 'x'.repeat(200))).toThrow(PayloadTooLargeError)
  })
})
