/**
 * Packs the request of a script: numbers big-endian, texts with their length before them.
 * @module
 */

const FIRST_BYTES = 1_024
const UINT32 = 2 ** 32

/** Times and durations are stored in 48 bits, which last for some thousand years. */
const LATEST = 2 ** 48 - 1

/** A buffer that grows as it is written. */
export class RequestWriter {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES)
  #at = 0

  /** How many bytes were written. */
  get size(): number {
    return this.#at
  }

  u8(value: number): this {
    this.#room(1)
    this.#at = this.#buffer.writeUInt8(value, this.#at)
    return this
  }

  u16(value: number): this {
    this.#room(2)
    this.#at = this.#buffer.writeUInt16BE(value, this.#at)
    return this
  }

  u24(value: number): this {
    this.#room(3)
    this.#at = this.#buffer.writeUIntBE(value, this.#at, 3)
    return this
  }

  u32(value: number): this {
    this.#room(4)
    this.#at = this.#buffer.writeUInt32BE(value, this.#at)
    return this
  }

  /** The number of a job. */
  u40(value: number): this {
    this.#room(5)
    this.#at = this.#buffer.writeUInt8(Math.floor(value / UINT32), this.#at)
    this.#at = this.#buffer.writeUInt32BE(value % UINT32, this.#at)
    return this
  }

  u48(value: number): this {
    this.#room(6)
    this.#at = this.#buffer.writeUInt16BE(Math.floor(value / UINT32), this.#at)
    this.#at = this.#buffer.writeUInt32BE(value % UINT32, this.#at)
    return this
  }

  /** A time or a duration in ms, which may be any number. */
  ms(value: number): this {
    return this.u48(value > 0 ? Math.min(LATEST, Math.round(value)) : 0)
  }

  /** A short text: at most 65,535 bytes. */
  short(text: string): this {
    const length = Buffer.byteLength(text)
    this.u16(length).#room(length)
    this.#at += this.#buffer.write(text, this.#at)
    return this
  }

  /** Any text. */
  long(text: string): this {
    const length = Buffer.byteLength(text)
    this.u32(length).#room(length)
    this.#at += this.#buffer.write(text, this.#at)
    return this
  }

  /** Text without its length. */
  rest(text: string): this {
    const length = Buffer.byteLength(text)
    this.#room(length)
    this.#at += this.#buffer.write(text, this.#at)
    return this
  }

  raw(bytes: Uint8Array): this {
    this.#room(bytes.length)
    this.#buffer.set(bytes, this.#at)
    this.#at += bytes.length
    return this
  }

  /** What `write` writes, with its length before it. */
  sized(write: (writer: this) => void): this {
    const start = this.u32(0).#at
    write(this)
    this.#buffer.writeUInt32BE(this.#at - start, start - 4)
    return this
  }

  /** What was written; the writer must not be used any more. */
  done(): Buffer {
    return this.#buffer.subarray(0, this.#at)
  }

  #room(bytes: number): void {
    const wanted = this.#at + bytes
    if (wanted <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(wanted, this.#buffer.length * 2))
    this.#buffer.copy(larger, 0, 0, this.#at)
    this.#buffer = larger
  }
}
