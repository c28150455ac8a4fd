/**
 * Which failures are the same: by task, kind of error, message without its figures, and the line it came from.
 * @module
 */
import { createHash } from 'node:crypto'
import type { JobError } from '../contract/index.ts'

/** Twelve hexadecimal digits. */
export function fingerprintOf(task: string, error: JobError | null, reason: string | null): string {
  const parts =
    error === null
      ? [task, reason ?? '']
      : [task, error.name, error.code ?? '', shape(error.message), origin(error)]
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12)
}

/** The message with everything that differs from case to case taken out. */
function shape(message: string): string {
  return message
    .slice(0, 500)
    .replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/gi, '<id>')
    .replaceAll(/(["'`]).*?\1/g, '<text>')
    .replaceAll(/\S+@\S+/g, '<address>')
    .replaceAll(/\b(?=[\da-f]*\d)[\da-f]{6,}\b/gi, '<id>')
    .replaceAll(/\d+([.,:]\d+)*/g, '<n>')
}

/** The first line of the stack outside libraries and Node itself, without its place in the line. */
function origin({ stack }: JobError): string {
  const frames = (stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  const own = frames.find((line) => !/node_modules|\(?node:|<anonymous>/.test(line)) ?? frames[0] ?? ''
  return own.trim().replace(/:\d+:\d+\)?$/, '')
}
