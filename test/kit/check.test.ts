import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidOptionError } from '../../src/contract/index.ts'
import { checkInteger, checkKeys, checkName } from '../../src/kit/check.ts'
import { show } from '../../src/kit/show.ts'
import { suggest } from '../../src/kit/suggest.ts'

describe('checkKeys', () => {
  const allowed = ['attempts', 'backoff', 'delay', 'maxDelay', 'jitter']

  test('accepts known options', () => {
    expect(() => checkKeys({ attempts: 1, delay: undefined }, allowed, 'retry')).not.toThrow()
    expect(() => checkKeys({}, [], 'retry')).not.toThrow()
  })

  test.each([
    ['attempt', 'attempts'],
    ['max_delay', 'maxDelay'],
    ['maxdelay', 'maxDelay'],
    ['dealy', 'delay'],
    ['back', 'backoff'],
  ])('suggests for %s', (wrong, right) => {
    expect(() => checkKeys({ [wrong]: 1 }, allowed, 'retry')).toThrow(InvalidOptionError)
    expect(() => checkKeys({ [wrong]: 1 }, allowed, 'retry')).toThrow(
      `Unknown option '${wrong}' of retry. Did you mean '${right}'? Known options: attempts, backoff, `,
    )
  })

  test('suggests nothing far-fetched', () => {
    expect(() => checkKeys({ colour: 1 }, allowed, 'retry')).toThrow(
      /^Unknown option 'colour' of retry\. Known options:/,
    )
    expect(() => checkKeys({ colour: 1 }, [], 'retry')).toThrow(/There are none\.$/)
  })

  test('knows no option from a prototype', () => {
    expect(() => checkKeys(JSON.parse('{"__proto__":1}') as object, allowed, 'retry')).toThrow(/__proto__/)
  })

  test.each([null, undefined, 'x', 5, []])('refuses %j for options', (value) => {
    expect(() => checkKeys(value as unknown as object, allowed, 'retry')).toThrow(/must be an object, got/)
  })
})

describe('checkInteger', () => {
  test('answers what is in range', () => {
    expect(checkInteger(-100, 'priority', -100, 100)).toBe(-100)
    expect(checkInteger(100, 'priority', -100, 100)).toBe(100)
  })

  test.each([101, -101, 1.5, Number.NaN, Infinity, '5', null, undefined, 5n])('refuses %s', (value) => {
    expect(() => checkInteger(value, 'priority', -100, 100)).toThrow(
      /^priority must be a whole number from -100 to 100, got/,
    )
  })

  test('names no limit that means none', () => {
    expect(() => checkInteger(0, 'slots', 1, Number.MAX_SAFE_INTEGER)).toThrow(/of at least 1, got 0/)
  })
})

describe('checkName', () => {
  test.each(['a', 'send-welcome-email', 'ünïcode 😀', 'x'.repeat(128)])('accepts %s', (name) => {
    expect(checkName(name, 'queue')).toBe(name)
  })

  test.each<[unknown, RegExp]>([
    ['', /1 to 128 characters, got empty/],
    ['x'.repeat(129), /got 129 characters/],
    ['a\nb', /control characters/],
    ['a\0', /control characters/],
    ['\ud800', /half surrogate/],
    [5, /must be text/],
    [undefined, /must be text/],
  ])('refuses %j', (name, message) => {
    expect(() => checkName(name, 'queue')).toThrow(InvalidOptionError)
    expect(() => checkName(name, 'queue')).toThrow(message)
  })
})

describe('suggest', () => {
  test('finds the word one mistake away', () => {
    const words = ['enqueue', 'settle', 'exchange', 'heartbeat']
    const mistake = fc.record({ word: fc.constantFrom(...words), at: fc.nat(6), kind: fc.nat(3) })
    fc.assert(
      fc.property(mistake, ({ word, at, kind }) => {
        const i = at % (word.length - 1)
        const [before, a, b, after] = [word.slice(0, i), word[i], word[i + 1], word.slice(i + 2)]
        const wrong = [
          before + b + after,
          `${before}${a}${b}z${after}`,
          `${before}z${b}${after}`,
          before + b + a + after,
        ]
        expect(suggest(wrong[kind]!, words)).toBe(word)
      }),
    )
  })

  test('answers null where nothing is near', () => {
    expect(suggest('x', ['enqueue'])).toBeNull()
    expect(suggest('', ['a', 'b'])).toBeNull()
    expect(suggest('x'.repeat(100_000), ['enqueue'])).toBeNull()
    expect(suggest('anything', [])).toBeNull()
  })
})

test('show makes one short line of anything', () => {
  expect(show('x\ny')).toBe("'x\\ny'")
  expect(show({ a: { b: {} } })).toBe('{ a: { b: {} } }')
  expect(show('x'.repeat(1000)).length).toBeLessThanOrEqual(80)
  expect(show(new TypeError('a\nb'))).toBe('TypeError: a b')
})
