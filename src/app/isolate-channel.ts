/**
 * A child's line to its worker: the parent's port in a thread, the pipe in a process.
 * @module
 */
import { isMainThread, parentPort } from 'node:worker_threads'
import type { FromChild, ToChild } from './isolate-protocol.ts'

/** The line to the worker. */
export interface ParentLine {
  /** @throws Error where the message cannot be cloned. */
  send(message: FromChild): void
  /** Sends a last message, waits until it has left, and ends this child with the exit code. */
  last(message: FromChild, code: number): void
  /** Messages keep the child alive from here on. */
  listen(listener: (message: ToChild) => void): void
}

/** Signals that a terminal or a service manager sends to a whole group: the worker alone decides what they mean. */
const GROUP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Opens the line.
 * @throws Error where this is neither a worker's thread nor its process.
 */
export function openParentLine(): ParentLine {
  if (!isMainThread && parentPort !== null) return threadLine(parentPort)
  if (process.send !== undefined) return processLine()
  throw new Error('This file is started by a worker, as the child that runs isolated handlers.')
}

function threadLine(port: NonNullable<typeof parentPort>): ParentLine {
  return {
    send: (message) => port.postMessage(message),
    last: (message, code) => {
      port.postMessage(message)
      process.exit(code)
    },
    listen: (listener) => void port.on('message', listener),
  }
}

function processLine(): ParentLine {
  for (const signal of GROUP_SIGNALS) process.on(signal, () => {})
  // The worker is gone, however that came about: nobody would ever hear of what this child does.
  process.on('disconnect', () => process.exit(0))
  return {
    send: (message) => void process.send?.(message),
    last: (message, code) => {
      if (process.connected) process.send?.(message, () => process.exit(code))
      else process.exit(code)
    },
    listen: (listener) => void process.on('message', (message) => listener(message as ToChild)),
  }
}
