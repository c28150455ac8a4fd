/**
 * A suite: what is measured beside what, and what the outcome is held to.
 * @module
 */
import type { Ratio } from './ratio.ts'
import type { Scenario, Sizes } from './scenario.ts'
import type { SystemName } from './systems/index.ts'

/** One of the two, see `suites/`. */
export interface Suite {
  readonly name: SuiteName
  /** In the order in which they are measured and shown. */
  readonly scenarios: readonly Scenario[]
  readonly systems: readonly SystemName[]
  readonly ratios: readonly Ratio[]
  readonly sizes: { readonly full: Sizes; readonly quick: Sizes }
  /** Packages whose versions matter. */
  readonly packages: readonly string[]
}

/** The names of the suites. */
export type SuiteName = 'sqlite' | 'peers'

/** Loads a suite. */
export async function loadSuite(name: SuiteName): Promise<Suite> {
  return name === 'sqlite'
    ? (await import('./suites/sqlite.ts')).sqliteSuite
    : (await import('./suites/peers.ts')).peersSuite
}
