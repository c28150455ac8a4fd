/**
 * What a command prints: text for people, or JSON for programs; never both on one stream.
 * @module
 */
import { styleText } from 'node:util'
import type { Shell, TextStream } from './shell.ts'

/** A colour or weight of `node:util`. */
export type TextStyle = Parameters<typeof styleText>[0]

/** Where a command's findings go. */
export interface Output {
  /** True with `--json`. */
  readonly json: boolean
  /** True where standard output is a terminal. */
  readonly terminal: boolean
  /** The text in this style where colours are wanted, else as it is. */
  style(style: TextStyle, text: string): string
  /** A line for people on standard output; nothing with `--json`. */
  text(line?: string): void
  /** A remark for people on standard error, so that piped output stays clean; nothing with `--json`. */
  note(line: string): void
  /** The one JSON document of a command; nothing without `--json`. */
  document(value: unknown): void
  /** One line of a stream of JSON documents; nothing without `--json`. */
  record(value: unknown): void
}

/**
 * True where a stream should get colours: `NO_COLOR` (not empty) forbids them, `FORCE_COLOR` asks for them,
 * else a terminal that is not `dumb` gets them.
 */
export function wantsColor(stream: TextStream, env: Shell['env']): boolean {
  if ((env.NO_COLOR ?? '') !== '') return false
  const force = env.FORCE_COLOR
  if (force !== undefined) return force !== '0' && force !== 'false'
  return stream.isTTY === true && env.TERM !== 'dumb'
}

/** Paints text, or leaves it alone. */
export function painter(enabled: boolean): (style: TextStyle, text: string) => string {
  // `validateStream: false`: whether there may be colours is decided by `wantsColor`, once.
  return enabled ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text
}

/** Makes the output of one command. */
export function createOutput(shell: Shell, json: boolean): Output {
  const { stdout, stderr } = shell
  return {
    json,
    terminal: stdout.isTTY === true,
    style: painter(!json && wantsColor(stdout, shell.env)),
    text: (line = '') => void (json || stdout.write(`${line}\n`)),
    note: (line) => void (json || stderr.write(`${line}\n`)),
    document: (value) => void (json && stdout.write(`${JSON.stringify(value, null, 2)}\n`)),
    record: (value) => void (json && stdout.write(`${JSON.stringify(value)}\n`)),
  }
}
