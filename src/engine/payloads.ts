/**
 * Inputs and outputs on their way into the store and out of it: JSON, codec, schema, migration.
 *
 * What is stored is the input as its caller gave it, not what the schema made of it. The worker parses it again
 * before the handler runs, so that a transform runs once, on the worker's side, and a payload that no longer
 * fits is found out there.
 * @module
 */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { AnyTask, ClaimedJob, Codec, ErrorDetails, PayloadIssue } from '../contract/index.ts'
import { InvalidPayloadError, MillraceError } from '../contract/index.ts'
import { decodeJson, encodeJson } from '../kit/json.ts'
import { readPayload, writePayload } from '../kit/payload.ts'
import { show } from '../kit/show.ts'
import { isAsStored } from './stored-form.ts'

const MOST_ISSUES_NAMED = 3

/** How payloads are written; every `EngineContext` is one. */
export interface PayloadRules {
  readonly codecs: readonly Codec[]
  readonly maxPayloadBytes: number
}

/** A payload's name in errors, and whose it is. */
interface Subject {
  /** `the input of task 'x'` */
  readonly what: string
  readonly details: ErrorDetails
}

/**
 * Checks an input before it is stored. Null: it fits. A promise is only answered by an asynchronous schema.
 *
 * Checked is the form that the worker will see, in which a `Date` is text, so that a schema which only fits
 * the caller's side fails here and not when the job runs.
 *
 * @param json the input as `encodeJson` wrote it.
 * @throws InvalidPayloadError
 */
export function checkInput(task: AnyTask, input: unknown, json: string): Promise<void> | null {
  const schema: StandardSchemaV1 | undefined = task.options.input
  if (schema === undefined) return null
  const asGiven = isAsStored(input)
  const subject: Subject = { what: `the input of task '${task.name}'`, details: { task: task.name } }
  const note = asGiven ? '' : ' It was checked in its JSON form, in which a Date is text.'
  const parsed = parse(schema, asGiven ? input : decodeJson(json), subject, note)
  return parsed instanceof Promise ? parsed.then(() => undefined) : null
}

/**
 * A claimed job's input, as its handler gets it: read, brought to the current version, parsed by the schema.
 * A promise is only answered where the schema or `migrate` is asynchronous.
 * @throws InvalidPayloadError where any of that fails; the promise rejects with it.
 */
export function decodeInput(
  rules: Pick<PayloadRules, 'codecs'>,
  task: AnyTask,
  job: Pick<ClaimedJob, 'id' | 'payload' | 'version'>,
): unknown {
  const details = { task: task.name, jobId: job.id }
  const subject: Subject = { what: `the input of job ${job.id} of task '${task.name}'`, details }
  const stored = decodeStored(rules.codecs, job.payload, subject)
  const current = migrate(task, stored, job.version, subject)
  const schema: StandardSchemaV1 | undefined = task.options.input
  if (schema === undefined) return current
  if (current instanceof Promise) return current.then((value: unknown) => parse(schema, value, subject, ''))
  return parse(schema, current, subject, '')
}

/**
 * A handler's output as it is stored: parsed by the output schema, as JSON, encoded. Null stands for `undefined`.
 * A promise is only answered by an asynchronous schema.
 * @throws InvalidPayloadError PayloadTooLargeError
 */
export function encodeOutput(rules: PayloadRules, task: AnyTask, output: unknown): string | null | Promise<string | null> {
  const what = `the output of task '${task.name}'`
  const schema: StandardSchemaV1 | undefined = task.options.output
  if (schema === undefined) return writeOutput(rules, output, what)
  const parsed = parse(schema, output, { what, details: { task: task.name } }, '')
  if (parsed instanceof Promise) return parsed.then((value: unknown) => writeOutput(rules, value, what))
  return writeOutput(rules, parsed, what)
}

function writeOutput(rules: PayloadRules, output: unknown, what: string): string | null {
  if (output === undefined) return null
  return writePayload(rules.codecs, encodeJson(output, what), rules.maxPayloadBytes, what)
}

/**
 * A stored payload or result, decoded and not checked; null answers `undefined`.
 * @throws InvalidPayloadError
 */
export function decodePayload(codecs: readonly Codec[], text: string | null): unknown {
  return text === null ? undefined : decodeJson(readPayload(codecs, text))
}

function decodeStored(codecs: readonly Codec[], text: string, subject: Subject): unknown {
  try {
    return decodePayload(codecs, text)
  } catch (error) {
    if (!(error instanceof InvalidPayloadError)) throw error
    throw new InvalidPayloadError(error.message, error.issues, { ...subject.details, cause: error.cause })
  }
}

function migrate(task: AnyTask, payload: unknown, from: number, subject: Subject): unknown {
  const { version = 1, migrate } = task.options
  if (from === version) return payload
  if (from > version) {
    const message = `was written by version ${from}, and the code here knows versions up to ${version}: deploy the newer code`
    throw invalid(subject, [{ path: '', message }], '')
  }
  if (migrate === undefined) return payload
  const failed = (cause: unknown): never => {
    const reason = cause instanceof Error ? cause.message : show(cause)
    throw invalid(subject, [{ path: '', message: `cannot be migrated from version ${from}: ${reason}` }], '', cause)
  }
  try {
    const migrated: unknown = migrate(payload, from)
    return migrated instanceof Promise ? migrated.catch(failed) : migrated
  } catch (error) {
    return failed(error)
  }
}

function parse(schema: StandardSchemaV1, value: unknown, subject: Subject, note: string): unknown {
  const threw = (cause: unknown): never => {
    if (cause instanceof MillraceError) throw cause
    const message = `cannot be checked, its schema threw: ${cause instanceof Error ? cause.message : show(cause)}`
    throw invalid(subject, [{ path: '', message }], note, cause)
  }
  const accept = (result: StandardSchemaV1.Result<unknown>): unknown => {
    if (result.issues === undefined) return result.value
    throw invalid(subject, result.issues.map(toIssue), note)
  }
  let result: StandardSchemaV1.Result<unknown> | Promise<StandardSchemaV1.Result<unknown>>
  try {
    result = schema['~standard'].validate(value)
  } catch (error) {
    return threw(error)
  }
  return result instanceof Promise ? result.catch(threw).then(accept) : accept(result)
}

function toIssue(issue: StandardSchemaV1.Issue): PayloadIssue {
  let path = ''
  for (const segment of issue.path ?? []) {
    const key = typeof segment === 'object' ? segment.key : segment
    if (typeof key === 'number') path += `[${key}]`
    else path += path === '' ? String(key) : `.${String(key)}`
  }
  return { path, message: issue.message }
}

function invalid(subject: Subject, issues: readonly PayloadIssue[], note: string, cause?: unknown): InvalidPayloadError {
  const named = issues
    .slice(0, MOST_ISSUES_NAMED)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  const more = issues.length > named.length ? ` (and ${issues.length - named.length} more)` : ''
  const sentence = `${subject.what} is invalid: ${named.join('; ')}${more}.${note}`
  return new InvalidPayloadError(sentence.charAt(0).toUpperCase() + sentence.slice(1), issues, {
    ...subject.details,
    cause,
  })
}
