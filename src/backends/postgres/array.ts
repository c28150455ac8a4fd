/**
 * Arrays as Postgres writes them. Every driver hands text on as it is, so that the same statements run through any.
 * @module
 */

const SPECIAL = /["\\]/
const ALL_SPECIAL = /["\\]/g

/** The literal of a list of numbers. */
export function numbers(values: readonly (number | null)[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : value)).join(',')}}`
}

/** The literal of a list of texts. */
export function texts(values: readonly (string | null)[]): string {
  let literal = '{'
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at]
    if (at > 0) literal += ','
    if (value === null || value === undefined) literal += 'NULL'
    else if (SPECIAL.test(value)) literal += `"${value.replace(ALL_SPECIAL, '\\$&')}"`
    else literal += `"${value}"`
  }
  return `${literal}}`
}

/** As {@link numbers}, or an empty list where all are null: the statements fill up what is not there with nulls. */
export function sparseNumbers(values: readonly (number | null)[]): string {
  return values.every((value) => value === null) ? '{}' : numbers(values)
}

/** As {@link texts}, or an empty list where all are null. */
export function sparseTexts(values: readonly (string | null)[]): string {
  return values.every((value) => value === null) ? '{}' : texts(values)
}

/** What a text column cannot hold is replaced: NUL. Only for text that is looked for, never for text that is kept. */
export function withoutNul(text: string): string {
  return text.replaceAll('\0', '\uFFFD')
}
