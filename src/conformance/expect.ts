/**
 * The few assertions the cases use, so that the suite needs no test runner.
 * @module
 */

/** A backend does not do what the suite demands. The message says what was looked at, expected and got. */
export class ConformanceFailure extends Error {
  constructor(what: string, expected: unknown, actual: unknown) {
    super(`${what}\n  expected ${show(expected)}\n  got      ${show(actual)}`)
    this.name = 'ConformanceFailure'
  }
}

/** Demands that a condition holds. */
export function ok(condition: boolean, what: string): asserts condition {
  if (!condition) throw new ConformanceFailure(what, true, false)
}

/** Demands deep equality of two JSON-like values; a field that is undefined counts as absent. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  const path = difference(actual, expected)
  if (path === null) return
  throw new ConformanceFailure(path === '' ? what : `${what} (differs at ${path})`, expected, actual)
}

/** Demands that the given fields are there with these values, whatever else there is. */
export function matches(actual: object | null | undefined, expected: object, what: string): void {
  if (actual === null || actual === undefined) throw new ConformanceFailure(what, expected, actual)
  const found = Object.fromEntries(Object.keys(expected).map((key) => [key, Reflect.get(actual, key)]))
  equal(found, expected, what)
}

/** Demands a number within `tolerance` of another. */
export function near(actual: number | null, expected: number, tolerance: number, what: string): void {
  if (actual !== null && Math.abs(actual - expected) <= tolerance) return
  throw new ConformanceFailure(what, tolerance === 0 ? expected : `${expected} ± ${tolerance}`, actual)
}

/** Demands that the call rejects with a Millrace error of this code. */
export async function rejects(call: () => Promise<unknown>, code: string, what: string): Promise<void> {
  let found: unknown
  try {
    found = await call()
  } catch (error) {
    const actual = error instanceof Error && 'code' in error ? error.code : String(error)
    return equal(actual, code, what)
  }
  throw new ConformanceFailure(what, `an error with code ${code}`, found)
}

/** Where two values differ: a path, '' for the values themselves, null where they do not. */
function difference(actual: unknown, expected: unknown, path = ''): string | null {
  if (Object.is(actual, expected)) return null
  if (typeof actual !== 'object' || typeof expected !== 'object' || actual === null || expected === null)
    return path
  if (Array.isArray(actual) !== Array.isArray(expected)) return path
  const keys = new Set([...Object.keys(actual), ...Object.keys(expected)])
  for (const key of keys) {
    const below = path === '' ? key : `${path}.${key}`
    const found = difference(Reflect.get(actual, key), Reflect.get(expected, key), below)
    if (found !== null) return found
  }
  return null
}

function show(value: unknown): string {
  if (typeof value === 'string') return value
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 2_000 ? `${text.slice(0, 2_000)}… (${text.length} characters)` : text
}
