/**
 * The careful way to JSON: a copy of nothing but JSON values, and what could not be copied, with its path.
 * @module
 */
import { types } from 'node:util'
import type { PayloadIssue } from '../contract/index.ts'
import { show } from './show.ts'

/** Deeper is taken for a mistake; `JSON.stringify` would end in a stack overflow further down. */
const DEEPEST = 1000
/** Enough to understand what is wrong. */
const MOST_ISSUES = 20

/** Stands for a value that was refused, or that JSON drops. */
const NOTHING = Symbol('nothing')

/** Where the walk is. Keys and ancestors grow and shrink together; the first ancestor is the value itself. */
interface Walk {
  readonly keys: (string | number)[]
  readonly ancestors: object[]
  readonly issues: PayloadIssue[]
}

function pathOf(keys: readonly (string | number)[]): string {
  let path = ''
  for (const key of keys) {
    if (typeof key === 'number') path += `[${key}]`
    else if (/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key)) path += path === '' ? key : `.${key}`
    else path += `[${JSON.stringify(key)}]`
  }
  return path
}

function refuse(walk: Walk, message: string): typeof NOTHING {
  if (walk.issues.length < MOST_ISSUES) walk.issues.push({ path: pathOf(walk.keys), message })
  return NOTHING
}

/** What JSON makes of kinds of objects that it does not know; null for those it does. */
function strangeKind(value: object): string | null {
  if (types.isMap(value)) return 'is a Map: use Object.fromEntries(map) or an array of its entries'
  if (types.isSet(value)) return 'is a Set: use an array of its values'
  if (types.isWeakMap(value) || types.isWeakSet(value)) return 'is a weak collection'
  if (types.isRegExp(value)) return 'is a RegExp: use its source'
  if (types.isPromise(value)) return 'is a Promise: await it first'
  if (types.isNativeError(value)) return 'is an Error: use the fields you need of it'
  return null
}

function constructorName(value: object): string {
  const maker: unknown = Reflect.get(value, 'constructor')
  return typeof maker === 'function' && maker.name !== '' ? maker.name : 'a class'
}

/** Object.prototype of any realm, or none. */
function isLiteral(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function define(copy: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    // An assignment would set the copy's prototype.
    Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true })
  } else {
    copy[key] = value
  }
}

function copyProperties(value: object, walk: Walk): unknown {
  const keys = Object.keys(value)
  if (keys.length === 0 && !isLiteral(value)) {
    return refuse(walk, `is an instance of ${constructorName(value)}, of which JSON would keep nothing`)
  }
  const copy: Record<string, unknown> = {}
  for (const key of keys) {
    walk.keys.push(key)
    const inner = copyMember(value, key, walk)
    if (inner !== NOTHING && inner !== undefined) define(copy, key, inner)
    walk.keys.pop()
  }
  return copy
}

function copyElements(values: readonly unknown[], walk: Walk): unknown {
  const copy: unknown[] = []
  for (let index = 0; index < values.length && walk.issues.length < MOST_ISSUES; index++) {
    walk.keys.push(index)
    const inner = copyMember(values, index, walk)
    if (inner === undefined) refuse(walk, 'is undefined, which an array in JSON cannot hold: use null')
    copy.push(inner)
    walk.keys.pop()
  }
  return copy
}

function copyMember(holder: object, key: string | number, walk: Walk): unknown {
  let value: unknown
  try {
    value = Reflect.get(holder, key)
  } catch (error) {
    return refuse(walk, `cannot be read: ${show(error)}`)
  }
  return copyValue(value, String(key), walk)
}

function copyPrimitive(value: unknown, walk: Walk): unknown {
  if (typeof value === 'number' && !Number.isFinite(value))
    return refuse(walk, `is ${value}, which JSON does not have`)
  if (typeof value === 'bigint') return refuse(walk, 'is a BigInt, which JSON does not have: use a string')
  if (typeof value === 'function' || typeof value === 'symbol') {
    return refuse(walk, `is a ${typeof value}, which JSON does not have`)
  }
  return value
}

/** What stands for the object in JSON: its `toJSON`'s answer, a date's text, a boxed primitive's value. */
function standIn(value: object, key: string): unknown {
  if (types.isDate(value) && Number.isNaN(Date.prototype.getTime.call(value))) return value
  const toJSON: unknown = Reflect.get(value, 'toJSON')
  if (typeof toJSON === 'function') return Reflect.apply(toJSON, value, [key]) as unknown
  return types.isBoxedPrimitive(value) ? value.valueOf() : value
}

function copyValue(value: unknown, key: string, walk: Walk): unknown {
  if (typeof value !== 'object' || value === null) return copyPrimitive(value, walk)
  // Before toJSON, since a Buffer has one: it would come back as an object with a list of numbers.
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) {
    return refuse(
      walk,
      `is binary data (${constructorName(value)}): use base64 text, or a reference to a file`,
    )
  }
  let inner: unknown
  try {
    inner = standIn(value, key)
  } catch (error) {
    return refuse(walk, `cannot be read: ${show(error)}`)
  }
  return typeof inner !== 'object' || inner === null ? copyPrimitive(inner, walk) : copyObject(inner, walk)
}

function copyObject(value: object, walk: Walk): unknown {
  if (types.isDate(value)) return refuse(walk, 'is an invalid Date')
  const strange = strangeKind(value)
  if (strange !== null) return refuse(walk, strange)
  const above = walk.ancestors.indexOf(value)
  if (above >= 0) {
    const target = pathOf(walk.keys.slice(0, above))
    return refuse(walk, `is a cycle: it leads back to ${target === '' ? 'the value itself' : `'${target}'`}`)
  }
  if (walk.ancestors.length >= DEEPEST) return refuse(walk, `is nested more than ${DEEPEST} levels deep`)
  walk.ancestors.push(value)
  const copy = Array.isArray(value) ? copyElements(value, walk) : copyProperties(value, walk)
  walk.ancestors.pop()
  return copy
}

/**
 * The value as `JSON.stringify` would see it, after every `toJSON` has been called once; with `issues`, up to
 * 20, where JSON would lose something. The copy means something only where there are none.
 */
export function copyForJson(value: unknown): {
  readonly copy: unknown
  readonly issues: readonly PayloadIssue[]
} {
  const walk: Walk = { keys: [], ancestors: [], issues: [] }
  const copy = copyValue(value, '', walk)
  if (copy === undefined) refuse(walk, 'is turned into undefined by its toJSON()')
  return { copy, issues: walk.issues }
}
