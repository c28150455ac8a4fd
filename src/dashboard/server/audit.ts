/**
 * Who did what: told to the application, and the latest kept for the page.
 * @module
 */
import type { AuditEntry } from './options.ts'

const MOST_KEPT = 500

/** The trail. It outlives nothing: the application keeps what it is told of. */
export class AuditTrail {
  readonly #tell: ((entry: AuditEntry) => void) | undefined
  readonly #entries: AuditEntry[] = []

  constructor(tell?: (entry: AuditEntry) => void) {
    this.#tell = tell
  }

  /** Newest first. */
  get entries(): readonly AuditEntry[] {
    return this.#entries.toReversed()
  }

  add(user: string, action: string, target: readonly string[], outcome: string): void {
    const entry: AuditEntry = { at: Date.now(), user, action, target, outcome }
    this.#entries.push(entry)
    if (this.#entries.length > MOST_KEPT) this.#entries.shift()
    this.#tell?.(entry)
  }
}
