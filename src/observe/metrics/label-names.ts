/**
 * Values of a label, of which there are only so many.
 * @module
 */

/** What all that came too late share. */
const OTHER = 'other'

/** The first names to come keep their own value for as long as the process lives; the rest are `other`. */
export class LabelNames {
  readonly #most: number
  readonly #names = new Set<string>()

  constructor(most: number) {
    this.#most = most
  }

  /** The label's value for this name. */
  of(name: string): string {
    if (this.#names.has(name)) return name
    if (this.#names.size >= this.#most) return OTHER
    this.#names.add(name)
    return name
  }
}
