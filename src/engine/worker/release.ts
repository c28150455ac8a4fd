/**
 * The end of a worker: gives back what it cannot finish.
 * @module
 */
import type { Clock } from '../../contract/index.ts'
import { NotRunningError } from '../../contract/index.ts'
import type { Abandoned } from './abandoned.ts'
import { RELEASED } from './attempt/outcome.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { ExchangeLoop } from './exchange-loop.ts'
import { within } from './within.ts'

/** Handlers whose signal was aborted have this long to end by themselves, in ms. */
const HEED_MS = 1_000

/** The store has this long to take the last outcomes, in ms. What it does not take is rescued by others. */
const STORE_MS = 5_000

/** What is released. */
export interface ReleaseOptions {
  readonly workerId: string
  readonly clock: Clock
  readonly dispatcher: Dispatcher
  readonly abandoned: Abandoned
  readonly loop: ExchangeLoop
}

/** Gives back what was claimed ahead, at once. */
export function releaseWaiting({ dispatcher, loop }: Pick<ReleaseOptions, 'dispatcher' | 'loop'>): void {
  loop.stopClaiming()
  dispatcher.giveBackUnstarted()
}

/**
 * Ends all work within the grace time and a moment: waits for running attempts, aborts their signals, gives back
 * what is unfinished, and waits a while for the store to take it. Answers how many jobs were given back.
 */
export async function releaseAll(
  options: ReleaseOptions,
  graceMs: number,
): Promise<{ readonly released: number }> {
  const { workerId, dispatcher, abandoned, loop } = options
  const before = dispatcher.released
  releaseWaiting(options)
  await within(dispatcher.drained(), graceMs)
  if (dispatcher.running.length > 0) {
    const reason = new NotRunningError(`Worker ${workerId} stops, and the grace time is over.`)
    for (const attempt of [...dispatcher.running]) attempt.abort('shutdown', reason)
    await within(dispatcher.drained(), HEED_MS)
    for (const attempt of [...dispatcher.running]) abandoned.end(attempt, RELEASED)
  }
  await within(loop.stored(), STORE_MS)
  return { released: dispatcher.released - before }
}
