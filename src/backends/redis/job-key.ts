/**
 * Ids as the store looks them up: 16 bytes, whatever they are. A UUID is its own bytes; of any other id it is the
 * beginning of the SHA-256, and the id itself stands with the job.
 * @module
 */
import { createHash } from 'node:crypto'
import type { RequestWriter } from './request.ts'

/** Bytes of a key. */
export const KEY_BYTES = 16

/** Written as everybody writes them, or the id could not be told from the key. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** True where the id can be read off its key. */
export function isUuid(id: string): boolean {
  return id.length === 36 && UUID.test(id)
}

/** The key of an id. */
export function keyOf(id: string): Buffer {
  if (isUuid(id)) return Buffer.from(id.replaceAll('-', ''), 'hex')
  return createHash('sha256').update(id).digest().subarray(0, KEY_BYTES)
}

/** The UUID whose key this is. */
export function uuidOf(key: Buffer): string {
  const hex = key.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Writes how many ids there are, and their keys. */
export function writeKeys(writer: RequestWriter, ids: readonly string[]): RequestWriter {
  writer.u16(ids.length)
  for (const id of ids) writer.raw(keyOf(id))
  return writer
}
