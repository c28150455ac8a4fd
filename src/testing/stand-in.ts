/**
 * Puts a test app in the place of the real one, for handlers and services that import it.
 * @module
 */
import type { Millrace } from '../contract/index.ts'
import { InvalidOptionError } from '../contract/index.ts'
import { show } from '../kit/show.ts'

const replaced = new WeakSet<Millrace>()

/**
 * Makes each member of `real` lead to the same member of `stand-in`, until the answer is called.
 * @throws InvalidOptionError where `real` is no app, or something stands in for it already.
 */
export function standInFor(real: Millrace, standIn: Millrace): () => void {
  if (typeof real?.enqueue !== 'function' || typeof real.worker !== 'function') {
    throw new InvalidOptionError(
      'insteadOf',
      `insteadOf must be an app made with millrace(), got ${show(real)}.`,
    )
  }
  if (replaced.has(real)) {
    const message =
      'Another test app stands in for this app: close() that one first, or share it and reset() it.'
    throw new InvalidOptionError('insteadOf', message)
  }
  replaced.add(real)
  // Code under test that closes its app does not get the real one back by that: only the test does.
  const { close } = standIn
  const shown: Millrace = Object.create(standIn, {
    close: { value: close },
    [Symbol.asyncDispose]: { value: close },
  })
  const originals = Object.getOwnPropertyDescriptors(real)
  for (const key of Reflect.ownKeys(originals)) {
    Object.defineProperty(real, key, {
      configurable: true,
      enumerable: true,
      get: () => Reflect.get(shown, key) as unknown,
    })
  }
  return () => {
    if (replaced.delete(real)) Object.defineProperties(real, originals)
  }
}
