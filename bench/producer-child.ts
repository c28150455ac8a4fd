/**
 * The producer of the latency across processes, started as a process of its own.
 * @module
 */

import { TEXT } from './input.ts'
import { randomPause } from './scenarios/latency-in-process.ts'
import { loadSystem, type Synchronous, type SystemName } from './system.ts'
import { monotonicMs, pause } from './timing.ts'

/** What the producer gets as its one argument, as JSON. */
export interface ProducerOrder {
  readonly system: SystemName
  readonly file: string
  readonly synchronous: Synchronous
  readonly samples: number
}

const order = JSON.parse(process.argv[2] as string) as ProducerOrder
const system = await loadSystem(order.system)
const store = await system.open(order)
for (let n = 0; n < order.samples; n++) {
  await pause(randomPause())
  await store.enqueue({ n, at: monotonicMs(), text: TEXT })
}
await store.close()
process.disconnect()
