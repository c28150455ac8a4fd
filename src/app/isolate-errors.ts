/**
 * Carries what was thrown between a worker and its isolated children.
 * @module
 */
import * as contract from '../contract/errors.ts'
import { Discard, Retry, Snooze } from '../engine/throwables.ts'
import type { Primitive, WireError, WireThrown } from './isolate-protocol.ts'

const DEEPEST_CAUSE = 5
const LONGEST_ARRAY = 8_192

/** Classes that are restored as such; an error of any other class arrives as an `Error` with its name and fields. */
const PROTOTYPES: ReadonlyMap<string, object> = new Map(
  [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, ...Object.values(contract)]
    .filter((value) => typeof value === 'function')
    .map((errorClass): [string, object] => [errorClass.name, errorClass.prototype]),
)

/** Makes what was thrown fit for structured cloning. */
export function encodeThrown(thrown: unknown, depth = 0): WireThrown {
  if (thrown instanceof Snooze) return { kind: 'snooze', delay: thrown.delay }
  if (thrown instanceof Retry)
    return { kind: 'retry', delay: thrown.delay, error: encodeError(thrown, depth) }
  if (thrown instanceof Discard) return { kind: 'discard', error: encodeError(thrown, depth) }
  if (thrown instanceof Error) return { kind: 'error', error: encodeError(thrown, depth) }
  return { kind: 'value', value: isPrimitive(thrown) ? thrown : describe(thrown) }
}

/** The opposite of {@link encodeThrown}. */
export function decodeThrown(wire: WireThrown): unknown {
  switch (wire.kind) {
    case 'snooze':
      return new Snooze({ delay: wire.delay })
    case 'retry':
      return restore(new Retry(wire.delay === undefined ? {} : { delay: wire.delay }), wire.error)
    case 'discard':
      return restore(new Discard(wire.error.message), wire.error)
    case 'error':
      return decodeError(wire.error)
    case 'value':
      return wire.value
  }
}

function encodeError(error: Error, depth: number): WireError {
  const { cause } = error
  return {
    name: String(error.name),
    message: String(error.message),
    stack: typeof error.stack === 'string' ? error.stack : null,
    cause: cause === undefined || depth >= DEEPEST_CAUSE ? null : encodeThrown(cause, depth + 1),
    fields: fieldsOf(error),
  }
}

function fieldsOf(error: Error): WireError['fields'] {
  const fields: Record<string, Primitive | readonly unknown[]> = {}
  for (const [key, value] of Object.entries(error)) {
    if (key === 'cause' || key === 'stack' || key === 'message' || key === 'name') continue
    if (isPrimitive(value)) fields[key] = value
    else if (Array.isArray(value)) {
      const copy = smallCopy(value)
      if (copy !== null) fields[key] = copy
    }
  }
  return fields
}

/** Arrays such as `issues` say what is wrong; whatever JSON cannot carry is the handler's own business. */
function smallCopy(values: readonly unknown[]): readonly unknown[] | null {
  try {
    const text = JSON.stringify(values)
    return text.length <= LONGEST_ARRAY ? (JSON.parse(text) as unknown[]) : null
  } catch {
    return null
  }
}

function decodeError(wire: WireError): Error {
  const error = new Error(wire.message)
  const prototype = PROTOTYPES.get(wire.name)
  if (prototype !== undefined) Object.setPrototypeOf(error, prototype)
  return restore(error, wire)
}

function restore(error: Error, wire: WireError): Error {
  Object.assign(error, wire.fields)
  if (error.name !== wire.name) hide(error, 'name', wire.name)
  if (error.message !== wire.message) hide(error, 'message', wire.message)
  hide(error, 'stack', wire.stack ?? `${wire.name}: ${wire.message}`)
  if (wire.cause !== null) hide(error, 'cause', decodeThrown(wire.cause))
  return error
}

function hide(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: false })
}

function isPrimitive(value: unknown): value is Primitive {
  return (
    value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol')
  )
}

function describe(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}
