/**
 * How an error reads on a terminal: what happened, which option, what to do; its stack only with `--debug`.
 * @module
 */
import { ERROR_CODES, type ErrorCode, type MillraceError } from '../contract/index.ts'
import { EXIT, exitCodeOf } from './exit-codes.ts'
import { painter, wantsColor } from './output.ts'
import { manyLines } from './printable.ts'
import type { Shell } from './shell.ts'

/** Something the command itself refuses or could not do. */
export class CommandError extends Error {
  readonly exitCode: number
  /** Stable, for programs. */
  readonly code: string
  /** What to do about it. */
  readonly hint: string | null

  constructor(message: string, details: { exitCode: number; code: string; hint?: string; cause?: unknown }) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'CommandError'
    this.exitCode = details.exitCode
    this.code = details.code
    this.hint = details.hint ?? null
  }
}

/** The command line is wrong; nothing was done. */
export function usageError(message: string, hint?: string): CommandError {
  return new CommandError(message, {
    exitCode: EXIT.usage,
    code: 'usage',
    ...(hint === undefined ? {} : { hint }),
  })
}

/** There is no such thing, or it is not allowed. */
export function refusedError(code: 'not-found' | 'refused', message: string, hint?: string): CommandError {
  return new CommandError(message, { exitCode: EXIT.refused, code, ...(hint === undefined ? {} : { hint }) })
}

/** An error, read for people and for programs. */
export interface Failure {
  readonly exitCode: number
  readonly code: string
  readonly message: string
  readonly field: string | null
  readonly hint: string | null
  /** Messages of the causes, outermost first. */
  readonly causes: readonly string[]
  readonly stack: string | null
}

const HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  'store-unavailable': 'Run `millrace doctor` for a closer look.',
  'store-busy': 'Another process holds the store. Try again; `millrace doctor` shows who uses it.',
  'store-read-only':
    'Give this user the right to write the file and its folder, or choose another --backend.',
  'store-full': 'Free some space, then run the command again.',
  'store-corrupt': 'Check that the URL names the right file; else restore it from a copy.',
  'store-too-new': 'Update the millrace package, or use the version that wrote the store.',
  'store-not-migrated': 'Run `millrace migrate`.',
  'schedule-not-found': 'Run `millrace schedules list` to see the schedules.',
  'job-not-found': 'Run `millrace jobs list` to see the jobs.',
}

/** Reads any thrown value. */
export function describeFailure(error: unknown): Failure {
  const causes = causesOf(error)
  const stack = error instanceof Error ? (error.stack ?? null) : null
  if (error instanceof CommandError) {
    const { exitCode, code, message, hint } = error
    return { exitCode, code, message, field: null, hint, causes, stack }
  }
  if (isMillraceError(error)) {
    const { code, message } = error
    const field = error.field === undefined || error.field === '' ? null : error.field
    return { exitCode: exitCodeOf(code), code, message, field, hint: HINTS[code] ?? null, causes, stack }
  }
  const message = error instanceof Error ? error.message || error.name : String(error)
  const hint = 'This was not expected. Run it again with --debug to see where it comes from.'
  return { exitCode: EXIT.failure, code: 'unexpected', message, field: null, hint, causes, stack }
}

/** The causes that add something: a message often repeats its cause, or the cause's first line. */
export function furtherCauses({ message, causes }: Pick<Failure, 'message' | 'causes'>): readonly string[] {
  return causes.filter((cause) => {
    const [first = ''] = cause.replace(/^\w*Error: /, '').split('\n')
    return !message.includes(cause) && !message.includes(first.trim())
  })
}

/** Prints an error on standard error, as text or with `--json` as one document; answers the exit code. */
export function printFailure(error: unknown, shell: Shell, how: { json: boolean; debug: boolean }): number {
  const failure = describeFailure(error)
  const { exitCode, stack, ...facts } = failure
  if (how.json) {
    const document = { error: { ...facts, ...(how.debug ? { stack } : {}) }, exitCode }
    shell.stderr.write(`${JSON.stringify(document, null, 2)}\n`)
    return exitCode
  }
  const style = painter(wantsColor(shell.stderr, shell.env))
  const lines = [`${style('red', 'error:')} ${manyLines(failure.message)}`]
  for (const cause of furtherCauses(failure)) lines.push(`${style('dim', 'cause:')} ${manyLines(cause)}`)
  // Most messages name their option; the field is added where one does not.
  if (failure.field !== null && !failure.message.includes(failure.field))
    lines.push(`${style('dim', 'at:')} ${failure.field}`)
  if (failure.hint !== null) lines.push(`${style('cyan', 'hint:')} ${failure.hint}`)
  if (how.debug && stack !== null) lines.push('', manyLines(stack))
  shell.stderr.write(`${lines.join('\n')}\n`)
  return exitCode
}

/** Known by its shape: the project's own copy of the package, which threw it, need not be this command's copy. */
function isMillraceError(error: unknown): error is MillraceError {
  if (!(error instanceof Error)) return false
  const { code, retriable } = error as Partial<MillraceError>
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code) && typeof retriable === 'boolean'
}

function causesOf(error: unknown): string[] {
  const causes: string[] = []
  let cause = error instanceof Error ? error.cause : undefined
  // Five are plenty, and a cycle ends.
  while (cause !== undefined && causes.length < 5) {
    causes.push(cause instanceof Error ? cause.message || cause.name : String(cause))
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return causes
}
