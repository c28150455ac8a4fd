/**
 * Any value as one short line, for messages that say what was got.
 * @module
 */
import { inspect, types } from 'node:util'

const LONGEST = 80
const FORM = { depth: 1, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 5, maxStringLength: LONGEST }

/** The value as one line of at most 80 characters. Never throws, whatever the value does. */
export function show(value: unknown): string {
  let line: string
  try {
    // Of an error without its stack, which would fill the line.
    line = types.isNativeError(value) ? `${value.name}: ${value.message}` : inspect(value, FORM)
  } catch {
    // A custom inspect function may throw. The message in the making is about something else.
    line = `a value of type ${typeof value}`
  }
  line = line.replace(/\s+/gu, ' ')
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line
}
