import { describe, expect, test } from 'vitest'
import type { Codec } from '../../src/contract/index.ts'
import { InvalidOptionError, InvalidPayloadError, PayloadTooLargeError } from '../../src/contract/index.ts'
import { checkCodecs, readPayload, writePayload } from '../../src/kit/payload.ts'

const reversed: Codec = {
  name: 'reversed',
  encode: (json) => (json.length < 5 ? null : [...json].reverse().join('')),
  decode: (body) => [...body].reverse().join(''),
}
const damaged: Codec = {
  name: 'damaged',
  encode: () => 'x',
  decode: () => {
    throw new Error('the body is gone')
  },
}

describe('payloads', () => {
  test('stay plain without codecs, or where the codec declines', () => {
    expect(writePayload([], '{"a":1}', 100, 'it')).toBe('{"a":1}')
    expect(writePayload([reversed], '1', 100, 'it')).toBe('1')
    expect(readPayload([reversed], '1')).toBe('1')
  })

  test('are written by the first codec and read by whichever wrote them', () => {
    const text = writePayload([reversed, damaged], '"hello"', 100, 'it')
    expect(text).toBe('~reversed:"olleh"')
    expect(readPayload([damaged, reversed], text)).toBe('"hello"')
  })

  test('of undefined stay empty', () => {
    expect(writePayload([damaged], '', 100, 'it')).toBe('')
    expect(readPayload([damaged], '')).toBe('')
  })

  test('are limited in UTF-8 bytes', () => {
    expect(writePayload([], '"aaaa"', 6, 'it')).toBe('"aaaa"')
    expect(writePayload([], '"ää"', 6, 'it')).toBe('"ää"')
    expect(writePayload([], '"😀"', 6, 'it')).toBe('"😀"')
    try {
      writePayload([], '"äää"', 6, 'the input of task x')
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(PayloadTooLargeError)
      expect(error).toMatchObject({ code: 'payload-too-large', bytes: 8, limit: 6 })
      expect((error as Error).message).toMatch(/^The input of task x takes 8 bytes, and the limit is 6\./)
    }
  })

  test('are limited after encoding', () => {
    const shrinking: Codec = { name: 's', encode: () => 'x', decode: () => '' }
    expect(writePayload([shrinking], 'x'.repeat(1000), 10, 'it')).toBe('~s:x')
  })

  test('of a missing codec name it', () => {
    expect(() => readPayload([reversed], '~aes-256-gcm:k.t.xx')).toThrow(InvalidPayloadError)
    expect(() => readPayload([reversed], '~aes-256-gcm:k.t.xx')).toThrow(
      /written by the codec 'aes-256-gcm', which is missing here.*now: reversed/,
    )
    expect(() => readPayload([], '~zlib:xx')).toThrow(/now: none/)
  })

  test('that are damaged say so, with the cause', () => {
    expect(() => readPayload([reversed], '~')).toThrow(/starts like an envelope/)
    expect(() => readPayload([reversed], '~Nope!:x')).toThrow(/starts like an envelope/)
    try {
      readPayload([damaged], '~damaged:x')
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidPayloadError)
      expect(error).toMatchObject({ message: expect.stringContaining("'damaged' failed: the body is gone") })
      expect((error as Error).cause).toMatchObject({ message: 'the body is gone' })
    }
  })
})

describe('checkCodecs', () => {
  test('accepts good ones', () => {
    expect(() => checkCodecs([reversed, damaged], 'codecs')).not.toThrow()
  })

  test.each<[string, unknown, string, RegExp]>([
    ['no list', reversed, 'codecs', /list of codecs/],
    ['nothing', [null], 'codecs[0]', /encode\(\) and decode\(\)/],
    ['half a codec', [{ name: 'x', encode: () => null }], 'codecs[0]', /encode\(\) and decode\(\)/],
    ['a bad name', [{ ...reversed, name: 'A:b' }], 'codecs[0].name', /lower-case/],
    ['the same name twice', [reversed, reversed], 'codecs[1].name', /two codecs named 'reversed'/],
  ])('refuses %s', (_, codecs, field, message) => {
    try {
      checkCodecs(codecs as Codec[], 'codecs')
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidOptionError)
      expect(error).toMatchObject({ field, message: expect.stringMatching(message) })
    }
  })
})
