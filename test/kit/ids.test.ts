import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deterministicId, newId, newWorkerId } from '../../src/kit/ids.ts'

const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const V8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const timeOf = (id: string) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)

/** The module remembers the latest time for as long as the process lives: each test takes a later one. */
let latest = Date.now() + 1_000_000_000

function later(): number {
  latest += 1_000_000
  return latest
}

describe('newId', () => {
  test('carries the time of its making', () => {
    const before = Date.now()
    const id = newId()
    expect(id).toMatch(V7)
    expect(timeOf(id)).toBeGreaterThanOrEqual(before)
    expect(timeOf(id)).toBeLessThanOrEqual(Date.now() + 1)
  })

  test('is unique and sorted, more than a millisecond can hold', () => {
    const ids = Array.from({ length: 50_000 }, () => newId())
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.toSorted()).toEqual(ids)
    expect(ids.every((id) => V7.test(id))).toBe(true)
  })

  test('takes a millisecond of the future when the counter is used up', () => {
    const at = later()
    const ids = Array.from({ length: 10_000 }, () => newId(at))
    expect(ids.toSorted()).toEqual(ids)
    expect(timeOf(ids[0]!)).toBe(at)
    expect(timeOf(ids.at(-1)!)).toBe(at + 2)
  })

  test('is sorted whatever the clock does', () => {
    const clock = fc.array(fc.oneof(fc.integer({ min: -5000, max: 5000 }), fc.double({ min: -2, max: 2 })), {
      maxLength: 200,
    })
    fc.assert(
      fc.property(clock, (moves) => {
        let now = later()
        let last = newId(now)
        for (const move of moves) {
          now += move
          const id = newId(now)
          expect(id > last).toBe(true)
          expect(id).toMatch(V7)
          last = id
        }
      }),
    )
  })

  test('is not led astray by impossible times', () => {
    let last = newId()
    for (const now of [Number.NaN, Number.POSITIVE_INFINITY, -1, 2 ** 60]) {
      const id = newId(now)
      expect(id).toMatch(V7)
      expect(id > last).toBe(true)
      last = id
    }
  })

  test('draws every random digit evenly', () => {
    const count = 20_000
    const digits = new Map<string, number>()
    for (let n = 0; n < count; n++) {
      const id = newId()
      for (const at of [19, 20, 21, 22, 24, 26, 27, 29, 30, 32, 33, 35]) {
        const key = `${at}:${id[at]}`
        digits.set(key, (digits.get(key) ?? 0) + 1)
      }
    }
    for (const [key, seen] of digits) {
      const expected = count / (key.startsWith('19:') ? 4 : 16)
      expect(Math.abs(seen - expected), key).toBeLessThan(6 * Math.sqrt(expected))
    }
  })
})

describe('deterministicId', () => {
  test('is a UUIDv8, for ever the same', () => {
    expect(deterministicId('schedule', 'cleanup', '1735689600000')).toMatch(V8)
    expect(deterministicId('a', 'b')).toBe(deterministicId('a', 'b'))
    // SHA-256 of the text ["a","b"], cut to 128 bits, with version and variant set.
    expect(deterministicId('a', 'b')).toBe('0473ef2d-c0d3-84ab-a59d-3580c1134e9d')
  })

  test('differs where the parts differ, also in where they are cut', () => {
    expect(deterministicId('ab', 'c')).not.toBe(deterministicId('a', 'bc'))
    expect(deterministicId('a', '')).not.toBe(deterministicId('a'))
    expect(deterministicId('\ud800')).not.toBe(deterministicId('\ud801'))
  })
})

test('newWorkerId names the process', () => {
  expect(newWorkerId().split(':')[1]).toBe(String(process.pid))
  expect(newWorkerId()).not.toBe(newWorkerId())
  expect(newWorkerId().length).toBeLessThanOrEqual(100)
})
