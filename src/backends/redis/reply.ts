/**
 * Reads what a script answered, or what stands in the store: see request.ts.
 * @module
 */

const UINT32 = 2 ** 32

/** Goes through a buffer from its beginning. */
export class ReplyReader {
  readonly #buffer: Buffer
  #at = 0

  constructor(buffer: Buffer) {
    this.#buffer = buffer
  }

  /** True where nothing is left. */
  get ended(): boolean {
    return this.#at >= this.#buffer.length
  }

  u8(): number {
    return this.#buffer.readUInt8(this.#skip(1))
  }

  u16(): number {
    return this.#buffer.readUInt16BE(this.#skip(2))
  }

  u24(): number {
    return this.#buffer.readUIntBE(this.#skip(3), 3)
  }

  u32(): number {
    return this.#buffer.readUInt32BE(this.#skip(4))
  }

  u40(): number {
    return this.u8() * UINT32 + this.u32()
  }

  u48(): number {
    return this.u16() * UINT32 + this.u32()
  }

  /** A text with two bytes of length. */
  short(): string {
    return this.#text(this.u16())
  }

  /** A text with four bytes of length. */
  long(): string {
    return this.#text(this.u32())
  }

  /** Bytes with four bytes of length, not copied. */
  bytes(): Buffer {
    return this.raw(this.u32())
  }

  /** So many bytes, not copied. */
  raw(length: number): Buffer {
    const start = this.#skip(length)
    return this.#buffer.subarray(start, start + length)
  }

  /** All that is left, as text. */
  rest(): string {
    return this.#text(this.#buffer.length - this.#at)
  }

  #text(length: number): string {
    const start = this.#skip(length)
    return this.#buffer.toString('utf8', start, start + length)
  }

  #skip(bytes: number): number {
    const start = this.#at
    this.#at = start + bytes
    return start
  }
}
