/**
 * Decompression that a small payload cannot turn into a flood of memory.
 * @module
 */
import { inflateSync } from 'node:zlib'
import { InvalidPayloadError } from '../../contract/index.ts'

/** Most bytes that a payload may grow to when it is read, where nothing else is said: 64 MiB. */
export const DEFAULT_MAX_BYTES = 64 * 1024 * 1024

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
}

/**
 * The text of zlib data.
 * @throws InvalidPayloadError where it is damaged or would take more than `maxBytes`.
 */
export function inflateText(data: Uint8Array, maxBytes: number): string {
  try {
    return inflateSync(data, { maxOutputLength: maxBytes }).toString('utf8')
  } catch (cause) {
    const message = isTooLarge(cause)
      ? `decompressed, the payload takes more than ${maxBytes} bytes (maxBytes)`
      : 'the compressed payload is damaged'
    throw new InvalidPayloadError(message, [{ path: '', message }], { cause })
  }
}
