/**
 * Text that came out of a store, made safe for a terminal.
 * @module
 */

/**
 * Replaces control characters by visible ones: an escape sequence in a payload or an error message must not
 * be able to move the cursor, set the window's title or hide a line. Line breaks and tabs become spaces.
 */
export function oneLine(text: string): string {
  return visible(text.replace(/\s+/g, ' '))
}

/** The same for text of several lines, which keeps its line breaks; tabs become spaces. */
export function manyLines(text: string): string {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => visible(line.replaceAll('\t', '  ')))
    .join('\n')
}

/** At most `length` characters, the last one an ellipsis where something was cut off. */
export function shorten(text: string, length: number): string {
  const letters = [...text]
  return letters.length <= length ? text : `${letters.slice(0, Math.max(0, length - 1)).join('')}…`
}

/** JSON of a value in one line, cut to `length`; `undefined` gives an empty text. */
export function brief(value: unknown, length: number): string {
  const json = JSON.stringify(value)
  return json === undefined ? '' : shorten(oneLine(json), length)
}

function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (letter) => {
    return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
