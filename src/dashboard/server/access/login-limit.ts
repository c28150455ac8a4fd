/**
 * Slows down guessing: after a few failures from one side, each further attempt has to wait longer.
 * @module
 */

const FREE = 5
const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 5 * 60_000
const FORGET_MS = 15 * 60_000
/** So that a flood of invented names does not fill the memory. */
const MOST_KEPT = 10_000
/** Hashing a password is work: so many at once, the others are told to come back. */
const MOST_AT_ONCE = 4

interface Record {
  failures: number
  lastAt: number
}

/** Counts failures by key: a name, an address. */
export class LoginLimit {
  readonly #now: () => number
  readonly #records = new Map<string, Record>()
  #running = 0

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** Ms to wait before the next attempt under any of these keys; 0: go ahead. */
  waitMs(keys: readonly string[]): number {
    if (this.#running >= MOST_AT_ONCE) return 1_000
    return Math.max(0, ...keys.map((key) => this.#waitOf(key)))
  }

  /** Makes the attempt; a failed one counts against its keys, a successful one clears them. */
  async attempt(keys: readonly string[], check: () => Promise<boolean>): Promise<boolean> {
    this.#running += 1
    // Counted before the answer is known, so that many attempts sent at once do not all go free.
    for (const key of keys) this.#fail(key)
    try {
      const good = await check()
      if (good) for (const key of keys) this.#records.delete(key)
      return good
    } finally {
      this.#running -= 1
    }
  }

  #waitOf(key: string): number {
    const record = this.#records.get(key)
    if (record === undefined || record.failures < FREE) return 0
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (record.failures - FREE))
    return record.lastAt + wait - this.#now()
  }

  #fail(key: string): void {
    const now = this.#now()
    const found = this.#records.get(key)
    const failures = found === undefined || now - found.lastAt > FORGET_MS ? 0 : found.failures
    // Taken out first, so that the oldest are those that were not heard of for longest.
    this.#records.delete(key)
    this.#records.set(key, { failures: failures + 1, lastAt: now })
    if (this.#records.size <= MOST_KEPT) return
    const [oldest] = this.#records.keys()
    if (oldest !== undefined) this.#records.delete(oldest)
  }
}
