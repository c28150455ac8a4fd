/**
 * Keeps inputs and outputs honest on their way through structured cloning, which turns a class instance into
 * a bare object, or an empty one, without a word.
 * @module
 */
import { InvalidPayloadError } from '../contract/index.ts'

/** What structured cloning carries whole. */
const CARRIED = [Date, Map, Set, RegExp, ArrayBuffer, Boolean, Number, String]

/**
 * Refuses an input that would reach the handler as something else than it is.
 * @throws InvalidPayloadError that names the place.
 */
export function checkInput(input: unknown, task: string): void {
  const trouble = findForeign(input, '', new Set())
  if (trouble === null) return
  const where = trouble.path === '' ? 'The input' : `The input’s field "${trouble.path}"`
  throw new InvalidPayloadError(
    `${where} is ${trouble.what}, which cannot be handed to the isolated handler of task "${task}". Let the schema answer plain values, and make such objects inside the handler.`,
    [{ path: trouble.path, message: `is ${trouble.what}` }],
    { task },
  )
}

interface Foreign {
  readonly path: string
  readonly what: string
}

function findForeign(value: unknown, path: string, seen: Set<object>): Foreign | null {
  if (typeof value === 'function' || typeof value === 'symbol') return { path, what: `a ${typeof value}` }
  if (typeof value !== 'object' || value === null || seen.has(value)) return null
  seen.add(value)
  if (ArrayBuffer.isView(value) || CARRIED.some((carried) => value instanceof carried)) return null
  if (!Array.isArray(value) && !isPlain(value)) return { path, what: `an instance of ${nameOf(value)}` }
  for (const [key, item] of Object.entries(value)) {
    const found = findForeign(item, path === '' ? key : `${path}.${key}`, seen)
    if (found !== null) return found
  }
  return null
}

/**
 * What JSON would make of objects that have their own idea of it (`toJSON`), so that an output is stored
 * alike with and without isolation. Dates stay dates, for the output's schema.
 */
export function toPlain(value: unknown, seen: Map<object, unknown> = new Map()): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (CARRIED.some((carried) => value instanceof carried)) return value
  const known = seen.get(value)
  if (known !== undefined) return known
  if ('toJSON' in value && typeof value.toJSON === 'function') return toPlain(value.toJSON(''), seen)
  if (!Array.isArray(value) && Object.prototype.toString.call(value) !== '[object Object]') return value
  const copy: unknown[] | Record<string, unknown> = Array.isArray(value) ? [] : {}
  seen.set(value, copy)
  for (const [key, item] of Object.entries(value)) Reflect.set(copy, key, toPlain(item, seen))
  if (Array.isArray(copy) && Array.isArray(value)) copy.length = value.length
  return copy
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

function nameOf(value: object): string {
  return value.constructor?.name || 'a class'
}
