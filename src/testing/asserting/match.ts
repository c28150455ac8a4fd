/**
 * Compares an expected value with an actual one, and says where they differ.
 * @module
 */
import { show } from '../../kit/show.ts'
import type { AsymmetricMatcher } from './matcher.ts'

type Predicate = (value: unknown) => unknown

/**
 * Each difference as a line such as `input.userId: expected 7, got 6`; none where they match.
 * @param actual came out of JSON.
 */
export function differences(expected: unknown, actual: unknown, path: string): readonly string[] {
  if (isAsymmetric(expected)) return verdict(expected.asymmetricMatch(actual), nameOf(expected), actual, path)
  if (typeof expected === 'function') return askPredicate(expected as Predicate, actual, path)
  if (expected instanceof RegExp) {
    return verdict(typeof actual === 'string' && actual.search(expected) >= 0, String(expected), actual, path)
  }
  if (Array.isArray(expected)) return compareArrays(expected, actual, path)
  if (typeof expected === 'object' && expected !== null) {
    const toJson: unknown = Reflect.get(expected, 'toJSON')
    if (typeof toJson === 'function') return differences(toJson.call(expected, ''), actual, path)
    return compareObjects(expected, actual, path)
  }
  // JSON knows no -0, and has no other value that is not itself.
  return verdict(expected === actual, show(expected), actual, path)
}

function verdict(match: unknown, wanted: string, actual: unknown, path: string): readonly string[] {
  return match ? [] : [`${path}: expected ${wanted}, got ${show(actual)}`]
}

function isAsymmetric(value: unknown): value is AsymmetricMatcher {
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, 'asymmetricMatch') === 'function'
  )
}

function nameOf(matcher: AsymmetricMatcher): string {
  const describe: unknown = Reflect.get(matcher, 'toAsymmetricMatcher')
  const name: unknown = typeof describe === 'function' ? describe.call(matcher) : undefined
  return typeof name === 'string' ? name : String(matcher)
}

/** Only `true` is a yes: a predicate that forgot to answer must not let a test pass. */
function askPredicate(predicate: Predicate, actual: unknown, path: string): readonly string[] {
  let answer: unknown
  try {
    answer = predicate(actual)
  } catch (error) {
    return [`${path}: the predicate threw ${show(error)}, for ${show(actual)}`]
  }
  if (answer === true) return []
  return [`${path}: the predicate answered ${show(answer)} and not true, for ${show(actual)}`]
}

function compareArrays(expected: readonly unknown[], actual: unknown, path: string): readonly string[] {
  if (!Array.isArray(actual)) return verdict(false, show(expected), actual, path)
  const elements = expected.flatMap((one, index) => differences(one, actual[index], `${path}[${index}]`))
  if (expected.length === actual.length) return elements
  return [`${path}.length: expected ${expected.length}, got ${actual.length}`, ...elements]
}

function compareObjects(expected: object, actual: unknown, path: string): readonly string[] {
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) {
    return verdict(false, show(expected), actual, path)
  }
  return Object.entries(expected).flatMap(([key, value]) => {
    const there: unknown = Object.hasOwn(actual, key) ? Reflect.get(actual, key) : undefined
    return differences(value, there, path === '' ? key : `${path}.${key}`)
  })
}
