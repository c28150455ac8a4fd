/**
 * Uniqueness as callers write it, turned into the rule and the key that are stored.
 * @module
 */
import { createHash } from 'node:crypto'
import type { JobState, UniqueConflict, UniqueOptions, UniqueRule } from '../contract/index.ts'
import { InvalidOptionError, JOB_STATES, TERMINAL_STATES } from '../contract/index.ts'
import { checkKeys } from '../kit/check.ts'
import { decodeJson } from '../kit/json.ts'
import { show } from '../kit/show.ts'
import { suggest } from '../kit/suggest.ts'
import { readPeriod } from './job-options.ts'

const KEYS = ['by', 'for', 'while', 'onConflict'] as const
const CONFLICTS: readonly UniqueConflict[] = ['skip', 'replace', 'reschedule']
const LONGEST_KEY = 256

/** Every state that a job may leave by itself. */
const UNFINISHED: readonly JobState[] = JOB_STATES.filter(
  (state) => !TERMINAL_STATES.some((end) => end === state),
)

/**
 * States in which a job has not read its input yet, or will read it again. A change that comes while it runs
 * would be lost on it, so that a rule which takes changes leaves the key to a new job then.
 */
const NOT_RUNNING: readonly JobState[] = UNFINISHED.filter((state) => state !== 'active')

/** What is compared; null: the whole input. */
type By = string | readonly string[] | ((input: never) => string) | null

/** A `unique` option, checked. */
export interface UniqueSpec {
  readonly by: By
  readonly forMs: number | null
  readonly states: readonly JobState[]
  readonly conflict: UniqueConflict
}

/**
 * Reads a `unique` option; null where it switches uniqueness off.
 * @throws InvalidOptionError
 */
export function readUnique(option: UniqueOptions<never> | boolean): UniqueSpec | null {
  if (option === false) return null
  const given = option === true ? {} : option
  if (typeof given !== 'object' || given === null) {
    throw new InvalidOptionError('unique', `unique must be an object or true or false, got ${show(option)}.`)
  }
  checkKeys(given, KEYS, 'unique')
  const forMs = given.for === undefined ? null : readPeriod(given.for, 'unique.for')
  const conflict = readConflict(given.onConflict)
  const states = given.while === undefined ? defaultStates(forMs, conflict) : readStates(given.while)
  return { by: readBy(given.by), forMs, states, conflict }
}

function defaultStates(forMs: number | null, conflict: UniqueConflict): readonly JobState[] {
  if (forMs !== null) return []
  return conflict === 'skip' ? UNFINISHED : NOT_RUNNING
}

function readBy(by: unknown): By {
  if (by === undefined) return null
  if (typeof by === 'function') return by as (input: never) => string
  if (typeof by === 'string' && by.length > 0) return by
  if (Array.isArray(by) && by.length > 0 && by.every((field) => typeof field === 'string' && field !== '')) {
    return [...new Set(by as readonly string[])].sort()
  }
  throw new InvalidOptionError(
    'unique.by',
    `unique.by must be a key, a list of names of input fields, or a function, got ${show(by)}.`,
  )
}

function readStates(states: unknown): readonly JobState[] {
  if (!Array.isArray(states) || states.length === 0) {
    throw new InvalidOptionError(
      'unique.while',
      `unique.while must be a list of states, got ${show(states)}.`,
    )
  }
  for (const state of states as readonly unknown[]) {
    if (JOB_STATES.some((known) => known === state)) continue
    const near = typeof state === 'string' ? suggest(state, JOB_STATES) : null
    const hint = near === null ? `States: ${JOB_STATES.join(', ')}.` : `Did you mean '${near}'?`
    throw new InvalidOptionError('unique.while', `There is no state ${show(state)}. ${hint}`)
  }
  return [...new Set(states as readonly JobState[])]
}

function readConflict(conflict: unknown): UniqueConflict {
  if (conflict === undefined) return 'skip'
  const known = CONFLICTS.find((one) => one === conflict)
  if (known !== undefined) return known
  throw new InvalidOptionError(
    'unique.onConflict',
    `unique.onConflict must be 'skip', 'replace' or 'reschedule', got ${show(conflict)}.`,
  )
}

/**
 * The rule to store with a job.
 *
 * @param input as the caller gave it, for `by` functions.
 * @param json the same as JSON text: fields and whole inputs are compared in this form, whatever the order of
 * their keys, so that a date is equal to its text.
 * @throws InvalidOptionError where the key is none, or fields are asked of an input that has none.
 */
export function makeUniqueRule(spec: UniqueSpec, task: string, input: unknown, json: string): UniqueRule {
  return {
    key: makeKey(spec.by, task, input, json),
    forMs: spec.forMs,
    states: spec.states,
    conflict: spec.conflict,
  }
}

function makeKey(by: By, task: string, input: unknown, json: string): string {
  if (by === null) return hashedKey(task, 'input', canonical(decodeJson(json)))
  if (typeof by === 'string') return explicitKey(task, by)
  if (typeof by === 'function') return explicitKey(task, askForKey(by, input))
  return hashedKey(task, `fields:${JSON.stringify(by)}`, canonical(pick(decodeJson(json), by)))
}

function askForKey(by: (input: never) => string, input: unknown): string {
  const key: unknown = by(input as never)
  if (typeof key === 'string' && key !== '') return key
  throw new InvalidOptionError(
    'unique.by',
    `The function unique.by must answer text that is not empty, got ${show(key)}.`,
  )
}

/** Short keys stay readable in the store; a task's name cannot contain the line end that keeps the kinds apart. */
function explicitKey(task: string, key: string): string {
  const readable = `${task}\nkey\n${key}`
  return readable.length <= LONGEST_KEY ? readable : hashedKey(task, 'key', key)
}

function hashedKey(task: string, kind: string, text: string): string {
  return `${task}\n#\n${createHash('sha256').update(`${kind}\n${text}`).digest('base64url')}`
}

function pick(value: unknown, fields: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidOptionError(
      'unique.by',
      `unique.by names fields, and the input is no object but ${show(value)}.`,
    )
  }
  return Object.fromEntries(Object.entries(value).filter(([field]) => fields.includes(field)))
}

/** JSON text that is equal for equal values: keys in order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`
}
