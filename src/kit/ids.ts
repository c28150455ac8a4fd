/**
 * Ids of jobs and workers: made to be unique everywhere and to sort by time.
 * @module
 */
import { createHash, randomBytes, randomFillSync } from 'node:crypto'
import { hostname } from 'node:os'

/** All numbers of 12 bits as three hexadecimal digits. A UUID's parts are multiples of these. */
const HEX3: readonly string[] = Array.from({ length: 4096 }, (_, n) => n.toString(16).padStart(3, '0'))
const VARIANT = ['8', '9', 'a', 'b'] as const

/** Random words are drawn many at a time: a call into the system's generator costs more than an id. */
const pool = new Uint32Array(2048)
let poolAt = pool.length

const LATEST_MS = 2 ** 48 - 1

let lastMs = -1
let prefix = ''
let counter = 0

/** Starts a new millisecond. The counter's first value is random, but leaves room for 3,840 more ids. */
function startMillisecond(ms: number): void {
  lastMs = ms
  const hex = ms.toString(16).padStart(12, '0')
  prefix = `${hex.slice(0, 8)}-${hex.slice(8)}-7`
  counter = (pool[poolAt] ?? 0) >>> 24
}

/**
 * A new UUIDv7: 48 bits of time, a counter of 12 bits (RFC 9562, section 6.2, method 1), 62 random bits.
 * Within a process each id sorts after the one before, also when the clock goes back: time then stands still,
 * and runs ahead of the clock by a millisecond whenever the counter is used up.
 *
 * @param nowMs ms since 1970. Default: the system's clock.
 */
export function newId(nowMs: number = Date.now()): string {
  if (poolAt >= pool.length) {
    randomFillSync(pool)
    poolAt = 0
  }
  if (nowMs >= lastMs + 1 && nowMs <= LATEST_MS) startMillisecond(Math.floor(nowMs))
  else if (++counter > 0xfff) startMillisecond(lastMs + 1)
  const a = pool[poolAt] ?? 0
  const b = pool[poolAt + 1] ?? 0
  poolAt += 2
  const mixed = ((a >>> 24) << 4) | ((b >>> 24) & 0xf)
  const variant = VARIANT[(b >>> 28) & 3]
  const node = `${HEX3[a & 0xfff]}${HEX3[(a >>> 12) & 0xfff]}${HEX3[b & 0xfff]}${HEX3[(b >>> 12) & 0xfff]}`
  return `${prefix}${HEX3[counter]}-${variant}${HEX3[mixed]}-${node}`
}

/**
 * A UUIDv8 made from its parts by SHA-256: the same parts give the same id, in every process and for ever.
 * `('ab', 'c')` and `('a', 'bc')` differ.
 */
export function deterministicId(...parts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest()
  hash.writeUInt8(((hash[6] ?? 0) & 0x0f) | 0x80, 6)
  hash.writeUInt8(((hash[8] ?? 0) & 0x3f) | 0x80, 8)
  const hex = hash.toString('hex', 0, 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** A worker's id as people like to read it: host, process id and a random piece. At most 100 characters. */
export function newWorkerId(): string {
  return `${hostname().slice(0, 64)}:${process.pid}:${randomBytes(4).toString('hex')}`
}
