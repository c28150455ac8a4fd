/**
 * The input of every measured job.
 * @module
 */

/** Its JSON takes about 100 bytes. */
export interface Input {
  /** Which job it is, from 0. */
  readonly n: number
  /** When it was enqueued, by `monotonicMs()`; 0 where nobody asks. */
  readonly at: number
  readonly text: string
}

/** What makes an input as long as a real one. */
export const TEXT = 'x'.repeat(64)

/** So many inputs, numbered from 0. */
export function makeInputs(count: number): Input[] {
  return Array.from({ length: count }, (_, n) => ({ n, at: 0, text: TEXT }))
}

/** Counts runs by job, in a memory that does not grow. */
export class RunCounter {
  readonly #runs: Uint8Array

  constructor(jobs: number) {
    this.#runs = new Uint8Array(jobs)
  }

  /** One job ran. */
  readonly count = ({ n }: Input): void => {
    // Stays at two, so that many runs do not come round to one.
    this.#runs[n] = Math.min(2, (this.#runs[n] ?? 0) + 1)
  }

  /** True where every job ran exactly once. */
  get exact(): boolean {
    return this.#runs.every((runs) => runs === 1)
  }
}
