/**
 * One measurement, in a process of its own: answers its rows to the parent, or the error.
 * @module
 */
import type { Measured } from './row.ts'
import type { Bed, Sizes } from './scenario.ts'
import { scenarios } from './scenarios/index.ts'
import { loadSystem, type Synchronous, type SystemName } from './system.ts'

/** What the child gets as its one argument, as JSON. */
export interface MeasureOrder {
  readonly scenario: string
  readonly system: SystemName
  readonly file: string
  readonly synchronous: Synchronous
  readonly sizes: Sizes
}

/** What it answers. */
export type MeasureAnswer =
  | { readonly ok: true; readonly measured: Measured }
  | { readonly ok: false; readonly error: string }

const order = JSON.parse(process.argv[2] as string) as MeasureOrder
process.send?.(await answer())
process.disconnect()

async function answer(): Promise<MeasureAnswer> {
  try {
    const scenario = scenarios.find(({ name }) => name === order.scenario)
    if (scenario === undefined) throw new Error(`There is no scenario ${order.scenario}.`)
    const bed: Bed = { ...order, system: await loadSystem(order.system) }
    return { ok: true, measured: await scenario.measure(bed) }
  } catch (error) {
    return { ok: false, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
