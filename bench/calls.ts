/**
 * The loops that all systems' producers and workers share.
 * @module
 */
import type { Input } from './input.ts'
import { monotonicMs, pause } from './timing.ts'

/** Consecutive parts of this size. */
export function parts<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

/** Calls `enqueue` for each input, so many calls at a time, and notes each call's latency in ms. */
export async function inFlight(
  inputs: readonly Input[],
  calls: number,
  latencies: Float64Array,
  enqueue: (input: Input) => Promise<unknown>,
): Promise<void> {
  let next = 0
  const caller = async (): Promise<void> => {
    while (next < inputs.length) {
      const index = next++
      const at = monotonicMs()
      await enqueue(inputs[index] as Input)
      latencies[index] = monotonicMs() - at
    }
  }
  await Promise.all(Array.from({ length: calls }, caller))
}

/** Counts down; `done` resolves at zero. */
export function countdown(from: number): { readonly tick: () => void; readonly done: Promise<void> } {
  let left = from
  let resolveDone: () => void = () => {}
  const done = new Promise<void>((resolve) => {
    resolveDone = resolve
  })
  const tick = (): void => {
    left -= 1
    if (left === 0) resolveDone()
  }
  return { tick, done }
}

/** Asks until the answer is yes, for systems that do not tell when a job's end is stored. */
export async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await pause(ASK_EVERY_MS)
}

const ASK_EVERY_MS = 5
