/**
 * How a handler enqueues further jobs without importing the app that imports the handler.
 * @module
 */
import type { Millrace } from 'millrace'

let app: Pick<Millrace, 'enqueue' | 'enqueueMany'> | undefined

/** Called once by the module that makes the app. */
export function setProducer(made: Pick<Millrace, 'enqueue' | 'enqueueMany'>): void {
  app = made
}

/** The app, for enqueueing. */
export function producer(): Pick<Millrace, 'enqueue' | 'enqueueMany'> {
  if (app === undefined) throw new Error('The app is not made yet')
  return app
}
