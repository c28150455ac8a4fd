/**
 * Reads the values of options: text in, a checked value out, or a usage error that says what was expected.
 * @module
 */
import { InvalidArgumentError } from 'commander'
import { JOB_STATES, type JobState, type QueueSelection } from '../contract/index.ts'
import { parseDuration } from '../kit/durations.ts'
import { suggest } from '../kit/suggest.ts'

/** A whole number between two bounds. */
export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : Number.NaN
    if (Number.isSafeInteger(value) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`)
  }
}

/** A duration in ms: `250`, `10m`, `1.5 hours`, `PT10M`. */
export function duration(minMs = 0): (text: string) => number {
  return (text) => {
    const ms = readDuration(text)
    if (ms === null)
      throw new InvalidArgumentError('Expected a duration such as 500ms, 10s, 5m, 2h or PT10M.')
    if (ms < minMs) throw new InvalidArgumentError(`Expected at least ${minMs} ms.`)
    return ms
  }
}

/** A point in time: ISO 8601, ms since 1970, or, counted back from now, a duration such as `15m`. */
export function pastTime(text: string): number {
  const ago = /^\d+$/.test(text) ? null : readDuration(text)
  return ago === null
    ? readInstant(text, ', or a duration counted back from now such as 2h')
    : Date.now() - ago
}

/** A point in time: ISO 8601 or ms since 1970. */
export function instant(text: string): number {
  return readInstant(text, '')
}

function readInstant(text: string, or: string): number {
  const ms = /^\d{10,}$/.test(text) ? Number(text) : /^\d{4}-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isFinite(ms)) return ms
  throw new InvalidArgumentError(`Expected a time such as 2026-12-24T18:00:00Z or 2026-12-24${or}.`)
}

/** Names separated by commas; the option may be repeated. */
export function names(text: string, before: readonly string[] = []): string[] {
  const parts = text.split(',').map((part) => part.trim())
  if (parts.some((part) => part === '')) throw new InvalidArgumentError('Expected names separated by commas.')
  return [...before, ...parts]
}

/** Adds one more text to those of earlier uses of the option. */
export function repeated(text: string, before: readonly string[] = []): string[] {
  return [...before, text]
}

/** States of jobs, separated by commas. */
export function states(text: string, before: readonly JobState[] = []): JobState[] {
  return [...before, ...names(text).map((name) => oneOf(name, JOB_STATES, 'a state'))]
}

/** One of a few words. */
export function choice<const Word extends string>(
  words: readonly Word[],
  what: string,
): (text: string) => Word {
  return (text) => oneOf(text, words, what)
}

/** One of a few words, several separated by commas. */
export function choices<const Word extends string>(
  words: readonly Word[],
  what: string,
): (text: string, before?: readonly Word[]) => Word[] {
  return (text, before = []) => [...before, ...names(text).map((name) => oneOf(name, words, what))]
}

/** `mail,default` in this order, or by weight `mail=3,default=1`. */
export function queueSelection(text: string): QueueSelection {
  const parts = names(text)
  if (!text.includes('=')) return parts
  const weights: Record<string, number> = {}
  for (const part of parts) {
    const [name = '', weight = '', ...rest] = part.split('=')
    if (name === '' || rest.length > 0 || !/^\d+$/.test(weight) || Number(weight) < 1) {
      throw new InvalidArgumentError('Expected names (mail,default) or a weight for each (mail=3,default=1).')
    }
    weights[name] = Number(weight)
  }
  return weights
}

function oneOf<Word extends string>(text: string, words: readonly Word[], what: string): Word {
  const found = words.find((word) => word === text)
  if (found !== undefined) return found
  const near = suggest(text, words)
  throw new InvalidArgumentError(
    `"${text}" is not ${what}.${near === null ? '' : ` Did you mean ${near}?`} Expected one of: ${words.join(', ')}.`,
  )
}

function readDuration(text: string): number | null {
  try {
    return parseDuration(/^\d+(\.\d+)?$/.test(text) ? Number(text) : text, 'duration')
  } catch {
    // The caller's message names the option and shows what is expected.
    return null
  }
}
