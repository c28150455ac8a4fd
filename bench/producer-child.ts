/**
 * A producer, started as a process of its own.
 * @module
 */
import { inFlight } from './calls.ts'
import { makeInputs, TEXT } from './input.ts'
import { randomPause } from './scenarios/latency-in-process.ts'
import type { OpenSettings, OpenSystem, ServerSettings } from './system.ts'
import { type SystemName, systemEntry } from './systems/index.ts'
import { monotonicMs, pause } from './timing.ts'

/** One job after the other with pauses; as fast as it goes with 100 calls in flight; or so many a second. */
export type Pace = 'pauses' | 'full' | { readonly perSecond: number }

/** What the producer gets as its one argument, as JSON. */
export interface ProducerOrder extends OpenSettings, ServerSettings {
  readonly system: SystemName
  readonly jobs: number
  readonly pace: Pace
}

const order = JSON.parse(process.argv[2] as string) as ProducerOrder
// The parent is gone, or this has answered.
process.once('disconnect', () => process.exit())
if (!process.connected) process.exit()
const system = await systemEntry(order.system).load()
const store = await system.open(order)
await produce(store, order)
await store.close()
process.disconnect()

async function produce(store: OpenSystem, { jobs, pace }: ProducerOrder): Promise<void> {
  if (pace === 'full') {
    await inFlight(makeInputs(jobs), 100, new Float64Array(jobs), async (input) => store.enqueue(input))
  } else if (pace === 'pauses') {
    for (let n = 0; n < jobs; n++) {
      await pause(randomPause())
      await store.enqueue({ n, at: monotonicMs(), text: TEXT })
    }
  } else {
    await atRate(store, jobs, pace.perSecond)
  }
}

/** Calls when their time has come, whether or not earlier calls have returned. */
async function atRate(store: OpenSystem, jobs: number, perSecond: number): Promise<void> {
  const calls: Promise<void>[] = []
  const started = monotonicMs()
  while (calls.length < jobs) {
    const due = Math.min(jobs, Math.floor(((monotonicMs() - started) * perSecond) / 1000))
    for (let n = calls.length; n < due; n++) {
      calls.push(Promise.resolve(store.enqueue({ n, at: monotonicMs(), text: TEXT })))
    }
    await pause(1)
  }
  await Promise.all(calls)
}
