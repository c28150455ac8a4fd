import { randomBytes } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidOptionError, InvalidPayloadError } from '../../src/contract/index.ts'
import { compressed } from '../../src/kit/codecs/compressed.ts'
import { type EncryptedOptions, encrypted } from '../../src/kit/codecs/encrypted.ts'
import { readPayload, writePayload } from '../../src/kit/payload.ts'

const LIMIT = 10 * 1024 * 1024
const one = randomBytes(32)
const two = randomBytes(32)
const jsonText = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value))

describe('compressed', () => {
  test('leaves small and incompressible texts plain', () => {
    const codec = compressed()
    expect(codec.encode('"short"')).toBeNull()
    expect(codec.encode(JSON.stringify(randomBytes(2000).toString('base64')))).toBeNull()
    expect(codec.encode(JSON.stringify('a'.repeat(1021)))).toBeNull()
    expect(codec.encode(JSON.stringify('a'.repeat(1022)))).not.toBeNull()
  })

  test('makes repetitive texts smaller and reads them back', () => {
    const json = JSON.stringify(Array.from({ length: 200 }, (_, id) => ({ id, name: 'ä name 😀' })))
    const text = writePayload([compressed()], json, LIMIT, 'it')
    expect(text).toMatch(/^~zlib:/)
    expect(text.length).toBeLessThan(json.length / 3)
    expect(readPayload([compressed()], text)).toBe(json)
  })

  test('reads back whatever it wrote', () => {
    const codec = compressed({ threshold: 0, level: 9 })
    fc.assert(
      fc.property(jsonText, (json) => {
        expect(readPayload([codec], writePayload([codec], json, LIMIT, 'it'))).toBe(json)
      }),
    )
  })

  test('refuses bombs and writes none', () => {
    const codec = compressed({ maxBytes: 10_000 })
    const bomb = deflateSync(Buffer.alloc(5_000_000, 'a')).toString('base64')
    expect(() => codec.decode(bomb)).toThrow(InvalidPayloadError)
    expect(() => codec.decode(bomb)).toThrow(/more than 10000 bytes/)
    expect(codec.encode(JSON.stringify('a'.repeat(10_000)))).toBeNull()
  })

  test.each(['', 'not zlib', '%%%'])('says that %j is damaged', (body) => {
    expect(() => compressed().decode(body)).toThrow(/compressed payload is damaged/)
  })

  test('notices cut and changed bodies', () => {
    const codec = compressed({ threshold: 0 })
    const bytes = Buffer.from(codec.encode(JSON.stringify('ab'.repeat(500))) ?? '', 'base64')
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(bytes)
        changed[at]! ^= flip
        // Zlib ignores some of its own header's bits; a different text must never come out.
        let text: string
        try {
          text = codec.decode(changed.toString('base64'))
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidPayloadError)
          return
        }
        expect(text).toBe(JSON.stringify('ab'.repeat(500)))
      }),
    )
    expect(() => codec.decode(bytes.subarray(0, -5).toString('base64'))).toThrow(/damaged/)
  })

  test.each([{ threshold: -1 }, { level: 10 }, { level: 1.5 }, { maxBytes: 0 }, { treshold: 1 }])(
    'refuses the options %j',
    (options) => {
      expect(() => compressed(options as object)).toThrow(InvalidOptionError)
    },
  )
})

describe('encrypted', () => {
  const codec = encrypted({ keys: { k1: one }, current: 'k1' })

  test.each([false, true])('reads back whatever it wrote, never twice alike (compress: %s)', (compress) => {
    const same = encrypted({ keys: { k1: one }, current: 'k1', compress })
    fc.assert(
      fc.property(jsonText, (json) => {
        const text = writePayload([same], json, LIMIT, 'it')
        expect(text).toMatch(/^~aes-256-gcm:k1\.[tz]\.[A-Za-z0-9+/]+={0,2}$/)
        expect(readPayload([codec], text)).toBe(json)
        expect(writePayload([same], json, LIMIT, 'it')).not.toBe(text)
      }),
    )
  })

  test('compresses before it encrypts, where that helps', () => {
    const json = JSON.stringify('a'.repeat(10_000))
    const small = encrypted({ keys: { k1: one }, current: 'k1', compress: true })
    expect(small.encode(json)?.length).toBeLessThan(200)
    expect(small.encode('1')).toMatch(/^k1\.t\./)
    expect(codec.encode(json)?.length).toBeGreaterThan(10_000)
  })

  test('takes keys as bytes, base64 and hexadecimal text alike', () => {
    const body = codec.encode('"secret"') ?? ''
    for (const key of [
      one.toString('base64'),
      one.toString('base64url'),
      one.toString('hex'),
      new Uint8Array(one),
    ]) {
      expect(encrypted({ keys: { k1: key }, current: 'k1' }).decode(body)).toBe('"secret"')
    }
  })

  test('reads what older keys wrote after a change of keys', () => {
    const body = codec.encode('"old"') ?? ''
    const rotated = encrypted({ keys: { k1: one, k2: two }, current: 'k2' })
    expect(rotated.decode(body)).toBe('"old"')
    expect(rotated.encode('"new"')).toMatch(/^k2\./)
  })

  test('says which key is missing, and that a key is wrong', () => {
    const body = codec.encode('"x"') ?? ''
    expect(() => encrypted({ keys: { k2: two }, current: 'k2' }).decode(body)).toThrow(
      /encrypted with the key 'k1', which is not among keys \(k2\)/,
    )
    expect(() => encrypted({ keys: { k1: two }, current: 'k1' }).decode(body)).toThrow(
      /was changed, or the key 'k1' is not the one/,
    )
    const text = writePayload([codec], '"x"', LIMIT, 'it')
    expect(() => readPayload([encrypted({ keys: { k2: two }, current: 'k2' })], text)).toThrow(
      /codec 'aes-256-gcm' failed: it was encrypted with the key 'k1'/,
    )
  })

  test('authenticates the key id and the form', () => {
    const body = codec.encode('"x"') ?? ''
    const both = encrypted({ keys: { k1: one, k2: one }, current: 'k1' })
    expect(both.decode(body)).toBe('"x"')
    expect(() => both.decode(body.replace('k1.', 'k2.'))).toThrow(/was changed/)
    expect(() => both.decode(body.replace('.t.', '.z.'))).toThrow(/was changed/)
  })

  test('notices any changed byte and any cut', () => {
    const [head, data = ''] = [`k1.t.`, codec.encode('{"amount":100}')?.slice(5)]
    const bytes = Buffer.from(data, 'base64')
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(bytes)
        changed[at]! ^= flip
        expect(() => codec.decode(head + changed.toString('base64'))).toThrow(InvalidPayloadError)
      }),
    )
    for (let length = 0; length < bytes.length; length++) {
      expect(() => codec.decode(head + bytes.subarray(0, length).toString('base64'))).toThrow(
        InvalidPayloadError,
      )
    }
    for (const body of ['', 'k1', 'k1.t', 'k1.x.AAAA', '..', 'k 1.t.AAAA']) {
      expect(() => codec.decode(body)).toThrow(/damaged/)
    }
  })

  test('does not take object members for keys', () => {
    expect(() => codec.decode('constructor.t.AAAA')).toThrow(/not among keys/)
  })

  test('bounds what a compressed payload grows to', () => {
    const big = encrypted({ keys: { k1: one }, current: 'k1', compress: true }).encode(
      JSON.stringify('a'.repeat(9000)),
    )
    const bounded = encrypted({ keys: { k1: one }, current: 'k1', maxBytes: 1000 })
    expect(() => bounded.decode(big ?? '')).toThrow(/more than 1000 bytes/)
  })

  test.each<[string, unknown, string]>([
    ['no keys', { keys: {}, current: 'k1' }, 'current'],
    ['keys that are none', { keys: null, current: 'k1' }, 'keys'],
    ['a short key', { keys: { k1: randomBytes(16) }, current: 'k1' }, 'keys.k1'],
    ['a pass phrase', { keys: { k1: 'correct horse' }, current: 'k1' }, 'keys.k1'],
    ['a missing key', { keys: { k1: undefined }, current: 'k1' }, 'keys.k1'],
    ['a bad key id', { keys: { 'a.b': one }, current: 'a.b' }, 'keys.a.b'],
    ['an unknown current key', { keys: { k1: one }, current: 'k2' }, 'current'],
    ['a strange compress', { keys: { k1: one }, current: 'k1', compress: 'yes' }, 'compress'],
    ['an unknown option', { keys: { k1: one }, curent: 'k1' }, 'curent'],
  ])('refuses %s', (_, options, field) => {
    try {
      encrypted(options as EncryptedOptions)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidOptionError)
      expect(error).toMatchObject({ field })
      expect((error as Error).message).not.toContain('horse')
    }
  })
})
