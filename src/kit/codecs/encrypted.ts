/**
 * A codec that hides payloads from whoever can read the store, with keys that can be changed.
 * @module
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import type { Codec } from '../../contract/index.ts'
import { InvalidOptionError, InvalidPayloadError } from '../../contract/index.ts'
import { checkInteger, checkKeys } from '../check.ts'
import { show } from '../show.ts'
import { DEFAULT_MAX_BYTES, inflateText } from './inflate.ts'

/** A key of 32 bytes: as base64 or hexadecimal text, or the bytes. */
type EncryptionKey = string | Uint8Array

/** Options of {@link encrypted}. */
export interface EncryptedOptions {
  /**
   * Every key that stored payloads may have been written with, by an id of 1 to 64 letters, digits, `_` and
   * `-`. The id is stored in the clear beside the payload. Make a key with `openssl rand -base64 32`.
   */
  readonly keys: Readonly<Record<string, EncryptionKey>>
  /** Id of the key that writes. */
  readonly current: string
  /**
   * Compress before encrypting (the other order would gain nothing). Not where an outsider chooses a part of
   * a payload and can see how long it becomes: the length then says something about the rest. Default false.
   */
  readonly compress?: boolean
  /** A compressed payload that takes more bytes when it is read is refused. Default 64 MiB. */
  readonly maxBytes?: number
}

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
/** The size GCM is made for. Random, so that one key is good for about 2^32 payloads (NIST SP 800-38D). */
const IV_BYTES = 12
const TAG_BYTES = 16
const KEY_ID = /^[A-Za-z0-9_-]{1,64}$/u
/** A body is `<key id>.<t for text, z for zlib>.<base64 of iv, ciphertext and tag>`. */
const BODY_HEAD = /^([A-Za-z0-9_-]{1,64})\.([tz])\./u

type Form = 't' | 'z'

/** Everything that is stored in the clear is authenticated too. */
function associatedData(keyId: string, form: Form): Buffer {
  return Buffer.from(`millrace:${keyId}:${form}`)
}

/** The bytes of the key, or null. Its text is never shown in an error: it is a secret, even a wrong one. */
function keyBytes(key: unknown): Uint8Array | null {
  if (key instanceof Uint8Array) return key
  if (typeof key !== 'string') return null
  if (/^[0-9a-f]{64}$/iu.test(key)) return Buffer.from(key, 'hex')
  return /^[A-Za-z0-9+/_-]{43}=?$/u.test(key) ? Buffer.from(key, 'base64') : null
}

function strangeKey(key: unknown): string {
  return typeof key === 'string' ? `text of ${key.length} characters` : typeof key
}

function importKeys(keys: Readonly<Record<string, EncryptionKey>>): ReadonlyMap<string, KeyObject> {
  if (typeof keys !== 'object' || keys === null || Array.isArray(keys)) {
    throw new InvalidOptionError('keys', 'keys must be an object of key ids and keys.')
  }
  const imported = new Map<string, KeyObject>()
  for (const [id, key] of Object.entries(keys)) {
    if (!KEY_ID.test(id)) {
      const rule = "a key's id must be 1 to 64 letters, digits, '_' and '-'"
      throw new InvalidOptionError(`keys.${id}`, `keys: ${rule}, got ${show(id)}.`)
    }
    const bytes = keyBytes(key)
    if (bytes?.length !== KEY_BYTES) {
      const got = bytes === null ? strangeKey(key) : `${bytes.length} bytes`
      const rule = `must be ${KEY_BYTES} bytes, as base64 or hexadecimal text or a Uint8Array`
      throw new InvalidOptionError(
        `keys.${id}`,
        `keys.${id} ${rule}, got ${got}. Make one with: openssl rand -base64 32`,
      )
    }
    imported.set(id, createSecretKey(bytes))
  }
  return imported
}

function unreadable(message: string, cause?: unknown): InvalidPayloadError {
  return new InvalidPayloadError(message, [{ path: '', message }], { cause })
}

function encrypt(plain: Uint8Array, key: KeyObject, aad: Buffer): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(aad)
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

function decrypt(body: string, key: KeyObject, aad: Buffer, keyId: string): Buffer {
  const data = Buffer.from(body, 'base64')
  if (data.length < IV_BYTES + TAG_BYTES) throw unreadable('the encrypted payload is cut off')
  const iv = data.subarray(0, IV_BYTES)
  const tag = data.subarray(data.length - TAG_BYTES)
  const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(aad).setAuthTag(tag)
  try {
    return Buffer.concat([
      decipher.update(data.subarray(IV_BYTES, data.length - TAG_BYTES)),
      decipher.final(),
    ])
  } catch (cause) {
    throw unreadable(
      `the encrypted payload was changed, or the key '${keyId}' is not the one it was written with`,
      cause,
    )
  }
}

/**
 * Encrypts with AES-256-GCM. To change the key, add a new one and make it `current` once every worker has it;
 * drop the old one when no stored payload names it any more.
 *
 * It protects a payload's secrecy and shows any change to it. It does not bind a payload to its job: whoever
 * can write to the store can give one job another's payload.
 *
 * @throws InvalidOptionError
 * @example
 * millrace({ codecs: [encrypted({ keys: { '2024': oldKey, '2025': newKey }, current: '2025' })] })
 */
export function encrypted(options: EncryptedOptions): Codec {
  checkKeys(options, ['keys', 'current', 'compress', 'maxBytes'], 'encrypted()')
  const keys = importKeys(options.keys)
  const { current, compress = false } = options
  const maxBytes = checkInteger(options.maxBytes ?? DEFAULT_MAX_BYTES, 'maxBytes', 1, Number.MAX_SAFE_INTEGER)
  const currentKey = keys.get(current)
  if (currentKey === undefined) {
    const known = [...keys.keys()].join(', ') || 'none'
    throw new InvalidOptionError(
      'current',
      `current must be the id of one of keys (${known}), got ${show(current)}.`,
    )
  }
  if (typeof compress !== 'boolean') {
    throw new InvalidOptionError('compress', `compress must be true or false, got ${show(compress)}.`)
  }
  return {
    name: 'aes-256-gcm',
    encode(json) {
      const plain = Buffer.from(json)
      const small = compress && plain.length <= maxBytes ? deflateSync(plain) : plain
      const form: Form = small.length < plain.length ? 'z' : 't'
      const data = encrypt(form === 'z' ? small : plain, currentKey, associatedData(current, form))
      return `${current}.${form}.${data}`
    },
    decode(body) {
      const [head = '', keyId = '', form] = BODY_HEAD.exec(body) ?? []
      if (form !== 't' && form !== 'z') throw unreadable('the encrypted payload is damaged')
      const key = keys.get(keyId)
      if (key === undefined) {
        const known = [...keys.keys()].join(', ')
        throw unreadable(`it was encrypted with the key '${keyId}', which is not among keys (${known})`)
      }
      const plain = decrypt(body.slice(head.length), key, associatedData(keyId, form), keyId)
      return form === 'z' ? inflateText(plain, maxBytes) : plain.toString('utf8')
    },
  }
}
