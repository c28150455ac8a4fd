/**
 * Hides what should not be read over somebody's shoulder.
 * @module
 */
import type { RedactOptions } from './options.ts'

/** What stands in place of a hidden value. */
const HIDDEN = '••••••'

const DEFAULT_NAMES =
  /passw(or)?d|passphrase|passcode|secret|token|apikey|accesskey|privatekey|authorization|cookie|credential|session(id|key)|cardnumber|^(cvv|cvc|pin|ssn|iban|pwd|jwt|auth)$/
const DEEPEST = 64

/** A value without what is to be hidden, and how much that was. */
export interface Redacted {
  readonly value: unknown
  readonly hidden: number
}

/** Hides values by the names and paths of their fields. */
export class Redactor {
  readonly #names: ReadonlySet<string>
  readonly #paths: readonly (readonly string[])[]
  readonly #defaults: boolean

  constructor(options: RedactOptions = {}) {
    this.#names = new Set((options.names ?? []).map(plain))
    this.#paths = (options.paths ?? []).map((path) => path.split('.'))
    this.#defaults = options.defaults ?? true
  }

  /** The value as it may be shown. */
  redact(value: unknown): Redacted {
    let hidden = 0
    const walk = (part: unknown, path: readonly string[]): unknown => {
      const name = path.at(-1)
      if (name !== undefined && this.#hides(name, path)) {
        hidden += 1
        return HIDDEN
      }
      if (typeof part !== 'object' || part === null) return part
      if (path.length >= DEEPEST) return '…'
      if (Array.isArray(part)) return part.map((one, index) => walk(one, [...path, String(index)]))
      return Object.fromEntries(Object.entries(part).map(([key, one]) => [key, walk(one, [...path, key])]))
    }
    return { value: walk(value, []), hidden }
  }

  #hides(name: string, path: readonly string[]): boolean {
    const word = plain(name)
    if (this.#names.has(word) || (this.#defaults && DEFAULT_NAMES.test(word))) return true
    return this.#paths.some(
      (wanted) =>
        wanted.length === path.length && wanted.every((part, index) => part === '*' || part === path[index]),
    )
  }
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_\s]/g, '')
}
