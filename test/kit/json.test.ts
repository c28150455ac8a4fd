import { createContext, runInContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidPayloadError } from '../../src/contract/index.ts'
import { decodeJson, encodeJson } from '../../src/kit/json.ts'

function errorOf(value: unknown): InvalidPayloadError {
  try {
    encodeJson(value, "the input of task 'x'")
  } catch (error) {
    if (error instanceof InvalidPayloadError) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('encodeJson keeps', () => {
  test.each<[unknown, string]>([
    [undefined, ''],
    [null, 'null'],
    [0, '0'],
    ['', '""'],
    [false, 'false'],
    [[], '[]'],
    [{}, '{}'],
    [{ userId: 123, name: 'x' }, '{"userId":123,"name":"x"}'],
    [{ a: undefined, b: { c: undefined } }, '{"b":{}}'],
    [{ at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    [Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    [{ a: Object(1), b: Object('x'), c: Object(true) }, '{"a":1,"b":"x","c":true}'],
    ['\ud800', '"\\ud800"'],
    [{ [Symbol('brand')]: 1, a: 1 }, '{"a":1}'],
    [new URL('https://example.org/'), '"https://example.org/"'],
  ])('%s', (value, text) => {
    expect(encodeJson(value, 'it')).toBe(text)
  })

  test('instances by their own fields, and toJSON answers, each asked once', () => {
    class Point {
      x = 1
      y = [2]
    }
    let asked: string[] = []
    const money = {
      toJSON: (key: string) => {
        asked.push(key)
        return { cents: 5n.toString() }
      },
    }
    expect(encodeJson({ p: new Point(), list: [money] }, 'it')).toBe(
      '{"p":{"x":1,"y":[2]},"list":[{"cents":"5"}]}',
    )
    expect(asked).toEqual(['0'])
    asked = []
    expect(encodeJson(money, 'it')).toBe('{"cents":"5"}')
    expect(asked).toEqual([''])
  })

  test('the same object in two places, and the limit of depth', () => {
    const shared = { a: [1] }
    expect(encodeJson([shared, { shared }], 'it')).toBe('[{"a":[1]},{"shared":{"a":[1]}}]')
    const nested = (depth: number) => Array.from({ length: depth }).reduce<unknown>((inner) => [inner], 1)
    expect(encodeJson(nested(1000), 'it')).toBe(`${'['.repeat(1000)}1${']'.repeat(1000)}`)
    expect(errorOf(nested(1001)).message).toContain('more than 1000 levels')
    expect(errorOf(nested(100_000)).message).toContain('more than 1000 levels')
  })

  test('objects of another realm', () => {
    const foreign = runInContext('({ a: {}, list: [], at: new Date(0) })', createContext()) as unknown
    expect(encodeJson(foreign, 'it')).toBe('{"a":{},"list":[],"at":"1970-01-01T00:00:00.000Z"}')
  })
})

describe('encodeJson refuses', () => {
  class Hidden {
    #secret = 1
    read() {
      return this.#secret
    }
  }
  const throwing = Object.defineProperty({}, 'x', {
    enumerable: true,
    get: () => {
      throw new Error('no')
    },
  })
  test.each<[string, unknown, string, RegExp]>([
    ['a BigInt', { user: { tags: ['a', 'b', 5n] } }, 'user.tags[2]', /BigInt/],
    ['a function', { user: { run: () => 1 } }, 'user.run', /function/],
    ['a symbol', [Symbol('x')], '[0]', /symbol/],
    ['NaN', { n: Number.NaN }, 'n', /NaN/],
    ['Infinity', [[-Infinity]], '[0][0]', /-Infinity/],
    ['undefined in an array', { list: [1, undefined] }, 'list[1]', /undefined/],
    ['a hole in an array', { list: new Array(2) }, 'list[0]', /undefined/],
    ['an invalid date', { at: new Date(Number.NaN) }, 'at', /invalid Date/],
    ['a Map', { m: new Map() }, 'm', /Map/],
    ['a Set', { s: new Set([1]) }, 's', /Set/],
    ['a WeakMap', { s: new WeakMap() }, 's', /weak/],
    ['a RegExp', { r: /x/ }, 'r', /RegExp/],
    ['an Error', { e: new Error('x') }, 'e', /Error/],
    ['a Promise', { p: Promise.resolve() }, 'p', /await/],
    ['a Buffer', { b: Buffer.from('x') }, 'b', /binary data \(Buffer\)/],
    ['an ArrayBuffer', { b: new ArrayBuffer(1) }, 'b', /binary/],
    ['a boxed BigInt', { b: Object(1n) }, 'b', /BigInt/],
    ['an object of which nothing is left', { q: new Hidden() }, 'q', /instance of Hidden/],
    ['URLSearchParams', new URLSearchParams('a=1'), '', /instance of URLSearchParams/],
    ['a getter that throws', { o: throwing }, 'o.x', /cannot be read.*no/],
    [
      'a toJSON that throws',
      {
        o: {
          toJSON: () => {
            throw new Error('no')
          },
        },
      },
      'o',
      /cannot be read.*no/,
    ],
    ['a toJSON that answers nothing', { toJSON: () => undefined }, '', /undefined by its toJSON/],
    ['an odd key', { 'a b': { '': 1n } }, '["a b"][""]', /BigInt/],
    ['a revoked proxy', { p: revoked() }, 'p', /cannot be read/],
  ])('%s, with its path', (_, value, path, message) => {
    const error = errorOf(value)
    expect(error.code).toBe('invalid-payload')
    expect(error.issues[0]).toMatchObject({ path, message: expect.stringMatching(message) })
    expect(error.field).toBe(path)
    expect(error.message).toMatch(/^The input of task 'x' cannot be stored as JSON: /)
    expect(error.message).toMatch(message)
  })

  test('cycles, saying where they lead', () => {
    const user: Record<string, unknown> = { name: 'x' }
    user.friends = [{ best: user }]
    expect(errorOf({ user }).issues).toEqual([
      { path: 'user.friends[0].best', message: "is a cycle: it leads back to 'user'" },
    ])
    expect(errorOf(user).message).toContain("'friends[0].best' is a cycle: it leads back to the value itself")
  })

  test('many faults with a bounded list', () => {
    const error = errorOf({ list: Array.from({ length: 1000 }, () => 1n), f: () => 1 })
    expect(error.issues).toHaveLength(20)
    expect(error.message).toContain('(and 19 more)')
  })
})

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

describe('round trip', () => {
  test('any JSON value comes back as JSON.parse(JSON.stringify()) would make it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(encodeJson(value, 'it')).toBe(JSON.stringify(value))
        expect(decodeJson(encodeJson(value, 'it'))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  test('the careful way answers the same as the quick one', () => {
    class Box {
      readonly inner: unknown
      constructor(inner: unknown) {
        this.inner = inner
      }
    }
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(encodeJson(new Box(value), 'it')).toBe(JSON.stringify({ inner: value }))
      }),
    )
  })

  test('whatever is accepted, JSON.stringify writes the same', () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSparseArray: true })
    fc.assert(
      fc.property(anything, (value) => {
        let text: string
        try {
          text = encodeJson(value, 'it')
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidPayloadError)
          return
        }
        expect(text).toBe(JSON.stringify(value) ?? '')
      }),
    )
  })

  test('a key named __proto__ is only a key', () => {
    const value = decodeJson('{"__proto__":{"admin":true},"d":null}') as Record<string, unknown>
    expect(value.admin).toBeUndefined()
    value.d = new (class {
      toJSON() {
        return 1
      }
    })()
    expect(encodeJson(value, 'it')).toBe('{"__proto__":{"admin":true},"d":1}')
  })
})

test('decodeJson reads empty text as undefined and explains what is no JSON', () => {
  expect(decodeJson('')).toBeUndefined()
  expect(() => decodeJson('{"a":')).toThrow(InvalidPayloadError)
  expect(() => decodeJson('{"a":')).toThrow(/stored text is not JSON/)
})
