/**
 * What the suite needs to know about a backend under test.
 * @module
 */
import type { Backend, FacetName } from '../contract/index.ts'
import { sleep } from '../kit/sleep.ts'

/** How the suite moves a backend's clock. */
export interface HarnessClock {
  /** Lets time pass, for wall time and leases alike. */
  advance(ms: number): void | Promise<void>
  /** Moves the wall clock alone, backwards too, as an administrator does. Absent: such cases are left out. */
  jump?(ms: number): void | Promise<void>
}

/** A connection of the user's own, to a database the backend lives in, with a table `notes (text)`. */
export interface UserConnection {
  /** What is handed to the backend's `transaction` facet. */
  readonly connection: unknown
  begin(): void | Promise<void>
  commit(): void | Promise<void>
  rollback(): void | Promise<void>
  /** Adds a row to the user's own table. */
  write(text: string): void | Promise<void>
  /** The rows of the user's own table that this connection sees. */
  read(): readonly string[] | Promise<readonly string[]>
  close(): void | Promise<void>
}

/** A backend under test. */
export interface Harness {
  readonly name: string
  /** Opens a fresh, empty store. */
  open(): Promise<Backend>
  /** Opens the same store through another connection. Absent: cases that need two are skipped. */
  reopen?(backend: Backend): Promise<Backend>
  /** Closes the backend and removes its store; called once for each `open` and `reopen`, the reopened one first. */
  dispose(backend: Backend): Promise<void>
  /** Absent for backends on a real server's clock: cases then wait in real time. */
  readonly clock?: HarnessClock
  /** Opens a connection of the user's own to the backend's database. */
  transaction?(backend: Backend): Promise<UserConnection>
}

/** Things a case may need from the harness beyond a backend. */
export type HarnessAbility = 'reopen' | 'jump' | 'transaction'

/** One demand on a backend. */
export interface ConformanceCase {
  /** `topic/what`, stable. */
  readonly id: string
  /** A sentence. */
  readonly title: string
  /** Facets without which the case makes no sense. */
  readonly facets: readonly FacetName[]
  /** Abilities of the harness without which it cannot be run. */
  readonly needs: readonly HarnessAbility[]
  /** @throws ConformanceFailure, or whatever the backend throws. */
  run(harness: Harness): Promise<void>
}

/** Lets this much time pass for the backend. */
export async function pass(harness: Harness, ms: number): Promise<void> {
  if (harness.clock === undefined) await sleep(ms)
  else await harness.clock.advance(ms)
}

/** Why a case cannot be run on this backend and harness; null where it can. */
export function missing(needed: ConformanceCase, harness: Harness, backend: Backend): string | null {
  const facets = needed.facets.filter((facet) => backend[facet] === undefined)
  if (facets.length > 0) return `${backend.name} has no ${facets.join(', ')}`
  const abilities: Readonly<Record<HarnessAbility, unknown>> = {
    reopen: harness.reopen,
    jump: harness.clock?.jump,
    transaction: harness.transaction,
  }
  const lacking = needed.needs.filter((ability) => abilities[ability] === undefined)
  return lacking.length > 0 ? `the harness of ${harness.name} has no ${lacking.join(', ')}` : null
}
