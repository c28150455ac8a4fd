/**
 * Short texts signed with the dashboard's key: sessions, and the proof that a form came from one of its pages.
 * @module
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** Signs and checks. Each purpose has signatures of its own. */
export class Signing {
  readonly #key: Buffer

  /** @param secret shared by the processes that serve the dashboard. Default: random. */
  constructor(secret?: string) {
    this.#key = secret === undefined ? randomBytes(32) : createHash('sha256').update(secret).digest()
  }

  /** The text with its signature. */
  seal(purpose: string, text: string): string {
    return `${Buffer.from(text).toString('base64url')}.${this.sign(purpose, text)}`
  }

  /** The text that was sealed, or null where it was not sealed here. */
  open(purpose: string, sealed: string): string | null {
    const [encoded, signature, ...rest] = sealed.split('.')
    if (encoded === undefined || signature === undefined || rest.length > 0) return null
    const text = Buffer.from(encoded, 'base64url').toString()
    return this.verify(purpose, text, signature) ? text : null
  }

  sign(purpose: string, text: string): string {
    return createHmac('sha256', this.#key).update(`${purpose}\0${text}`).digest('base64url')
  }

  verify(purpose: string, text: string, signature: string): boolean {
    return sameText(this.sign(purpose, text), signature)
  }
}

/** Compares in a time that does not tell where two texts differ. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest())
  return left !== undefined && right !== undefined && timingSafeEqual(left, right)
}
