/**
 * Timers that go on by themselves while a test runner has replaced the global ones.
 * @module
 */
import { clearTimeout, setTimeout } from 'node:timers'
import { InvalidOptionError } from '../contract/index.ts'

/** Captured at import, which comes before any test that fakes timers. */
const setRealTimeout = setTimeout
const clearRealTimeout = clearTimeout

const ADVICE =
  'workers live on real timers. Fake the date alone, such as vi.useFakeTimers({ toFake: ["Date"] }), and let the ' +
  'test app’s own clock move its time.'

/**
 * Refuses to start what would never end.
 * @throws InvalidOptionError where the runner's fake timers are on.
 */
export function needRealTimers(what: string): void {
  // The fake-timers library that Vitest, Jest and Sinon share marks what it replaced.
  if (Object.hasOwn(globalThis.setTimeout, 'clock') || Object.hasOwn(globalThis.setImmediate, 'clock')) {
    throw new InvalidOptionError('timers', `${what} cannot work while timers are faked: ${ADVICE}`)
  }
}

/** A hint for somebody whose jobs hang. */
export function fakeTimersHint(): string {
  return globalThis.setTimeout === setRealTimeout ? '' : ` Timers seem to be faked: ${ADVICE}`
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
