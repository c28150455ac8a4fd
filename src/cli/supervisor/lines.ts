/**
 * Tells the lines of several processes apart.
 * @module
 */
import { createInterface } from 'node:readline'
import type { TextStream } from '../shell.ts'

/** Passes a stream on line by line, each marked by `mark`. */
export function relayLines(
  from: NodeJS.ReadableStream,
  to: TextStream,
  mark: (line: string) => string,
): void {
  const lines = createInterface({ input: from, crlfDelay: Number.POSITIVE_INFINITY })
  lines.on('line', (line) => void to.write(`${mark(line)}\n`))
}

/** `[2] the line`, for people. */
export function markForPeople(process: number): (line: string) => string {
  return (line) => `[${process}] ${line}`
}

/** The JSON object of the line with a field `process`; what is none becomes the field `line` of one. */
export function markForPrograms(process: number): (line: string) => string {
  return (line) => {
    if (line.startsWith('{"') && line.endsWith('}')) return `{"process":${process},${line.slice(1)}`
    return JSON.stringify({ process, line })
  }
}
