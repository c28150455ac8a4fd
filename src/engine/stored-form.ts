/**
 * Tells whether a value survives JSON unchanged.
 * @module
 */

/**
 * True where a value that JSON can hold comes back from the store just as it is: nothing in it is a `Date`, has
 * a `toJSON`, is undefined, or is an instance of a class. Runs for every job with a schema, so it only looks.
 * The value is known to be encodable, and therefore has no cycles.
 */
export function isAsStored(value: unknown): boolean {
  if (typeof value !== 'object') return value !== undefined && !Object.is(value, -0)
  if (value === null) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Array.prototype) return (value as readonly unknown[]).every(isAsStored)
  if (prototype !== Object.prototype) return false
  if ('toJSON' in value) return false
  for (const key in value) {
    if (!isAsStored((value as Record<string, unknown>)[key])) return false
  }
  return true
}
