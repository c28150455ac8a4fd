/**
 * One measurement, in a process of its own: answers its rows to the parent, or the error.
 * @module
 */
import type { Measured } from './row.ts'
import type { Bed, Sizes } from './scenario.ts'
import type { ServerPlace } from './server.ts'
import { loadSuite, type SuiteName } from './suite.ts'
import type { Synchronous } from './system.ts'
import { type SystemName, systemEntry } from './systems/index.ts'

/** What the child gets as its one argument, as JSON. */
export interface MeasureOrder {
  readonly suite: SuiteName
  readonly scenario: string
  readonly system: SystemName
  readonly file: string
  readonly synchronous: Synchronous
  readonly server: ServerPlace | null
  readonly durability: string
  readonly sizes: Sizes
}

/** What it answers. */
export type MeasureAnswer =
  | { readonly ok: true; readonly measured: Measured }
  | { readonly ok: false; readonly error: string }

const order = JSON.parse(process.argv[2] as string) as MeasureOrder
// The parent is gone, or this has answered.
process.once('disconnect', () => process.exit())
if (!process.connected) process.exit()
process.send?.(await answer())
process.disconnect()

async function answer(): Promise<MeasureAnswer> {
  try {
    const { scenarios } = await loadSuite(order.suite)
    const scenario = scenarios.find(({ name }) => name === order.scenario)
    if (scenario === undefined) throw new Error(`There is no scenario ${order.scenario}.`)
    const system = await systemEntry(order.system).load()
    const bed: Bed = { ...order, system, url: order.server?.url ?? '' }
    return { ok: true, measured: await scenario.measure(bed) }
  } catch (error) {
    return { ok: false, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
