/**
 * How a handler uses the app without importing the app that imports the handler.
 * @module
 */
import type { Millrace } from 'millrace'

let app: Millrace | undefined

/** Called once by the module that makes the app. */
export function setProducer(made: Millrace): void {
  app = made
}

/** The app, for enqueueing and for transactions. */
export function producer(): Millrace {
  if (app === undefined) throw new Error('The app is not made yet')
  return app
}
