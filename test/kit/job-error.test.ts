import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidOptionError, type JobError } from '../../src/contract/index.ts'
import { toJobError } from '../../src/kit/job-error.ts'

const depth = (error: JobError | null): number => (error === null ? 0 : 1 + depth(error.cause))

describe('toJobError', () => {
  test('keeps name, message, stack, code and cause', () => {
    const cause = Object.assign(new TypeError('socket closed'), { code: 'ECONNRESET' })
    const error = toJobError(new InvalidOptionError('delay', 'bad delay', { cause }))
    expect(error).toMatchObject({
      name: 'InvalidOptionError',
      message: 'bad delay',
      code: 'invalid-option',
      cause: { name: 'TypeError', message: 'socket closed', code: 'ECONNRESET', cause: null },
    })
    expect(error.stack).toContain('job-error.test.ts')
  })

  test('bounds message, stack and depth', () => {
    const long = Object.assign(new Error('m'.repeat(100_000)), { stack: 's'.repeat(100_000) })
    const error = toJobError(long)
    expect(error.message).toHaveLength(8192)
    expect(error.message).toMatch(/m… \(100000 characters in all\)$/)
    expect(error.stack).toHaveLength(16_384)

    let chain = new Error('bottom')
    for (let n = 0; n < 20; n++) chain = new Error(`level ${n}`, { cause: chain })
    expect(depth(toJobError(chain))).toBe(6)
  })

  test('follows no cycle of causes', () => {
    const a = new Error('a')
    const b = new Error('b', { cause: a })
    a.cause = b
    expect(depth(toJobError(a))).toBe(2)
  })

  test('mentions the errors of an AggregateError', () => {
    const error = toJobError(
      new AggregateError([new Error('one'), new TypeError('two'), 'three'], 'All failed'),
    )
    expect(error.name).toBe('AggregateError')
    expect(error.message).toBe("All failed (3 errors: Error: one; TypeError: two; 'three')")
    const many = toJobError(
      new AggregateError(
        Array.from({ length: 9 }, (_, n) => new Error('x'.repeat(999) + n)),
        '',
      ),
    )
    expect(many.message).toMatch(/^ ?\(9 errors: /)
    expect(many.message).toMatch(/; …\)$/)
    expect(many.message.length).toBeLessThan(1200)
  })

  test.each<[unknown, string]>([
    ['boom', 'boom'],
    [undefined, 'undefined was thrown, which is not an Error'],
    [null, 'null was thrown, which is not an Error'],
    [42, '42 was thrown, which is not an Error'],
    [{ status: 500 }, '{ status: 500 } was thrown, which is not an Error'],
    [Symbol('x'), 'Symbol(x) was thrown, which is not an Error'],
  ])('makes %s readable', (thrown, message) => {
    expect(toJobError(thrown)).toEqual({ name: 'NonError', message, stack: null, code: null, cause: null })
  })

  test('takes errors of another realm and their like for errors', () => {
    expect(toJobError(runInNewContext('new RangeError("far")'))).toMatchObject({
      name: 'RangeError',
      message: 'far',
    })
    expect(toJobError({ message: 'plain' })).toMatchObject({ name: 'Error', message: 'plain', stack: null })
    expect(toJobError(new DOMException('stop', 'AbortError'))).toMatchObject({
      name: 'AbortError',
      code: '20',
    })
  })

  test('keeps causes that are no errors', () => {
    expect(toJobError(new Error('x', { cause: 'the disk' })).cause).toMatchObject({ message: 'the disk' })
  })

  test('survives getters, proxies and lists that throw', () => {
    const trap = (): never => {
      throw new Error('trap')
    }
    const hostile = new Error('fine')
    // The stack first: V8 reads the name when it makes one.
    for (const key of ['stack', 'name', 'code', 'cause', 'errors']) {
      Object.defineProperty(hostile, key, { get: trap })
    }
    expect(toJobError(hostile)).toEqual({
      name: 'Error',
      message: 'fine',
      stack: null,
      code: null,
      cause: null,
    })

    const everything = new Proxy({}, { get: trap, has: trap, ownKeys: trap, getPrototypeOf: trap })
    expect(toJobError(everything).name).toBe('NonError')
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(toJobError(proxy).name).toBe('NonError')
    expect(toJobError(Object.assign(new Error('x'), { errors: proxy })).message).toBe('x')
    const inspecting = { [Symbol.for('nodejs.util.inspect.custom')]: trap }
    expect(toJobError(inspecting).message).toContain('a value of type object')
  })

  test('leaves nothing that a store cannot hold', () => {
    expect(toJobError(new Error('a\0b\ud800c😀')).message).toBe('a\ufffdb\ufffdc😀')
  })

  test('never throws and always answers JSON, whatever is thrown', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true }), (thrown) => {
        const error = toJobError(thrown)
        expect(JSON.parse(JSON.stringify(error))).toEqual(error)
      }),
    )
  })
})
