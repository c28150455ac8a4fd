/**
 * Real timers, whatever a test runner has put in the place of the global ones.
 * @module
 */
import { clearTimeout, setTimeout } from 'node:timers'
import { InvalidOptionError } from '../contract/index.ts'

/** Captured at import, which comes before any test that fakes timers. */
const setRealTimeout = setTimeout
const clearRealTimeout = clearTimeout
const atImport = { setTimeout: globalThis.setTimeout, setImmediate: globalThis.setImmediate }

const NAMES = ['setTimeout', 'setImmediate'] as const

/** Long enough for any timer that goes by itself, even on a busy machine. */
const PROBE_MS = 250

const ADVICE =
  'workers live on real timers. Fake the date alone, such as vi.useFakeTimers({ toFake: ["Date"] }), and let the ' +
  'test app’s own clock move its time.'

/**
 * Refuses to start what would never end.
 * @throws InvalidOptionError where timers are faked and do not go by themselves; the promise rejects with it.
 */
export async function needRealTimers(what: string): Promise<void> {
  // The fake-timers library that Vitest, Jest and Sinon share marks what it replaced; node:test leaves no mark.
  const replaced = NAMES.filter(
    (name) => globalThis[name] !== atImport[name] || Object.hasOwn(globalThis[name], 'clock'),
  )
  if (replaced.length === 0 || (await fires(replaced))) return
  throw new InvalidOptionError('timers', `${what} cannot work while timers are faked: ${ADVICE}`)
}

/** True where these timers, which are not the ones there were at first, go by themselves all the same. */
async function fires(names: readonly (typeof NAMES)[number][]): Promise<boolean> {
  const all = names.map((name) => new Promise<void>((resolve) => void globalThis[name](resolve, 1)))
  let giveUp: ReturnType<typeof setRealTimeout> | undefined
  const never = new Promise<false>((resolve) => {
    giveUp = setRealTimeout(() => resolve(false), PROBE_MS)
  })
  const fired = await Promise.race([Promise.all(all).then(() => true), never])
  clearRealTimeout(giveUp)
  return fired
}

/**
 * Calls `fn` every `everyMs` of real time until the answer is called. It keeps the process alive: a hanging
 * test has to be told of.
 */
export function everyRealMs(everyMs: number, fn: () => void): () => void {
  const tick = (): void => {
    timer = setRealTimeout(tick, everyMs)
    fn()
  }
  let timer = setRealTimeout(tick, everyMs)
  return () => clearRealTimeout(timer)
}
