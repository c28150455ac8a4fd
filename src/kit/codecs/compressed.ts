/**
 * A codec that makes large payloads smaller.
 * @module
 */
import { deflateSync } from 'node:zlib'
import type { Codec } from '../../contract/index.ts'
import { checkInteger, checkKeys } from '../check.ts'
import { DEFAULT_MAX_BYTES, inflateText } from './inflate.ts'

/** Options of {@link compressed}. */
export interface CompressedOptions {
  /** Shorter payloads stay plain, in bytes. Default 1,024. */
  readonly threshold?: number
  /** Zlib's level: 1 is fastest, 9 smallest. Default 6. */
  readonly level?: number
  /**
   * A payload that takes more bytes decompressed is refused when it is read, and stays plain when it is
   * written. Default 64 MiB.
   */
  readonly maxBytes?: number
}

const NAME = 'zlib'

/**
 * Compresses with zlib, whose checksum shows damage. Payloads that would not get smaller stay plain.
 * @throws InvalidOptionError
 * @example
 * millrace({ codecs: [compressed({ threshold: 4096 })] })
 */
export function compressed(options: CompressedOptions = {}): Codec {
  checkKeys(options, ['threshold', 'level', 'maxBytes'], 'compressed()')
  const threshold = checkInteger(options.threshold ?? 1024, 'threshold', 0, Number.MAX_SAFE_INTEGER)
  const level = checkInteger(options.level ?? 6, 'level', 1, 9)
  const maxBytes = checkInteger(options.maxBytes ?? DEFAULT_MAX_BYTES, 'maxBytes', 1, Number.MAX_SAFE_INTEGER)
  return {
    name: NAME,
    encode(json) {
      const bytes = Buffer.byteLength(json)
      if (bytes < threshold || bytes > maxBytes) return null
      const body = deflateSync(json, { level }).toString('base64')
      return body.length + NAME.length + 2 < bytes ? body : null
    },
    decode(body) {
      return inflateText(Buffer.from(body, 'base64'), maxBytes)
    },
  }
}
