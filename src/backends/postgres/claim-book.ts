/**
 * How many jobs of each claim this process has still to settle, so that the claim's row goes with the last of them.
 * It is house-keeping only: a row that stays because nobody counted it is swept up by `rescue`.
 * @module
 */
import type { Settlement } from '../../contract/index.ts'

/** The claims of one process. */
export class ClaimBook {
  readonly #left = new Map<number, number>()

  /** So many jobs were claimed under the token. */
  claim(token: number, jobs: number): void {
    if (jobs > 0) this.#left.set(token, (this.#left.get(token) ?? 0) + jobs)
  }

  /** These are being settled; answers the tokens of claims that are over with them. */
  settle(settlements: readonly Settlement[]): number[] {
    const over: number[] = []
    for (const { job } of settlements) {
      const left = this.#left.get(job.token)
      if (left === undefined) continue
      this.#left.set(job.token, left - 1)
      if (left === 1) over.push(job.token)
    }
    for (const token of over) this.#left.delete(token)
    return over
  }

  /** They were not settled after all. */
  unsettle(settlements: readonly Settlement[]): void {
    for (const { job } of settlements) this.#left.set(job.token, (this.#left.get(job.token) ?? 0) + 1)
  }
}
