/**
 * What an expected input may be written as.
 * @module
 */
import type { JsonValue } from '../../contract/index.ts'

/** A matcher of a test runner, such as `expect.any(Number)` of Vitest and Jest. */
export interface AsymmetricMatcher {
  asymmetricMatch(other: unknown): boolean
}

/** A value as it comes back from JSON: a Date is text. */
export type AsJson<T> = T extends JsonValue
  ? T
  : T extends { toJSON(): infer Json }
    ? Json
    : T extends readonly unknown[]
      ? { readonly [Index in keyof T]: AsJson<T[Index]> }
      : T extends object
        ? { readonly [Key in keyof T]: AsJson<T[Key]> }
        : T

/**
 * An expected value: parts of an object, at any depth (what is left out may be anything), an array element by
 * element, a RegExp for text, a function that answers true, a matcher of the test runner, or the value itself.
 */
export type Matcher<T> = ((value: AsJson<T>) => boolean) | AsymmetricMatcher | Expected<T>

/** Where the input may be anything, so may what is expected of it; looking closer would never end. */
type Expected<T> = [JsonValue] extends [T] ? JsonValue | object | undefined : Shape<T>

type Shape<T> = T extends string
  ? T | RegExp
  : T extends Date
    ? Date | string | RegExp
    : T extends readonly unknown[]
      ? { readonly [Index in keyof T]: Matcher<T[Index]> }
      : T extends object
        ? { readonly [Key in keyof T]?: Matcher<T[Key]> | undefined }
        : T
