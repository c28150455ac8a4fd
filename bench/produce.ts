/**
 * Starts a producer in a process of its own, beside a worker in this one.
 * @module
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Pace, ProducerOrder } from './producer-child.ts'
import type { Bed } from './scenario.ts'
import type { SystemName } from './systems/index.ts'

const PRODUCER = fileURLToPath(new URL('./producer-child.ts', import.meta.url))

/** Produces so many jobs; resolves when all are stored. @throws Error where the process fails. */
export async function produce(bed: Bed, jobs: number, pace: Pace): Promise<void> {
  const { file, synchronous, url } = bed
  const order: ProducerOrder = { file, synchronous, url, system: bed.system.name as SystemName, jobs, pace }
  const [code] = await once(fork(PRODUCER, [JSON.stringify(order)]), 'exit')
  if (code !== 0) throw new Error(`The producer's process ended with code ${code}.`)
}
