/**
 * The attempts that have no outcome yet.
 * @module
 */
import type { Attempt } from './attempt/attempt.ts'
import { Waiters } from './waiters.ts'

/** Keeps them, so that one comes and goes at the same cost however many there are. */
export class RunningAttempts {
  readonly all: Attempt[] = []
  readonly #drained = new Waiters()

  add(attempt: Attempt): void {
    attempt.place = this.all.length
    this.all.push(attempt)
  }

  remove(attempt: Attempt): void {
    // The last one takes its place, so that nothing has to move up.
    const last = this.all.pop()
    if (last !== undefined && last !== attempt) {
      this.all[attempt.place] = last
      last.place = attempt.place
    }
    if (this.all.length === 0) this.#drained.resolve()
  }

  /** Resolves when there is none. */
  drained(): Promise<void> {
    return this.all.length === 0 ? Promise.resolve() : this.#drained.wait()
  }

  /** The attempt of a job, if any: the latest, where an older one lost its lease and has not ended yet. */
  find(jobId: string): Attempt | undefined {
    let latest: Attempt | undefined
    for (const attempt of this.all) {
      const { claimed, ending } = attempt
      if (claimed.id !== jobId || ending === 'lease') continue
      if (latest === undefined || claimed.token > latest.claimed.token) latest = attempt
    }
    return latest
  }
}
