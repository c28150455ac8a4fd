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
import { InvalidPayloadError } from '../contract/index.ts'
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

/** Which payload, for errors; turned into words only where there is one. */
interface Subject {
  readonly kind: 'input' | 'output'
  readonly task: string
  readonly jobId: string | undefined
  /** True where the schema was shown the JSON form instead of the value itself. */
  readonly asJson: boolean
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
  const asJson = !isAsStored(input)
  const subject: Subject = { kind: 'input', task: task.name, jobId: undefined, asJson }
  const parsed = parse(schema, asJson ? decodeJson(json) : input, subject)
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
  const subject: Subject = { kind: 'input', task: task.name, jobId: job.id, asJson: false }
  const stored = decodeStored(rules.codecs, job.payload, subject)
  const current = migrate(task, stored, job.version, subject)
  const schema: StandardSchemaV1 | undefined = task.options.input
  if (schema === undefined) return current
  if (current instanceof Promise) return current.then((value: unknown) => parse(schema, value, subject))
  return parse(schema, current, subject)
}

/**
 * A handler's output as it is stored: parsed by the output schema, as JSON, encoded. Null stands for `undefined`.
 * A promise is only answered by an asynchronous schema.
 * @throws InvalidPayloadError PayloadTooLargeError
 */
export function encodeOutput(
  rules: PayloadRules,
  task: AnyTask,
  output: unknown,
): string | null | Promise<string | null> {
  const schema: StandardSchemaV1 | undefined = task.options.output
  if (schema === undefined) return writeOutput(rules, task, output)
  const parsed = parse(schema, output, { kind: 'output', task: task.name, jobId: undefined, asJson: false })
  if (parsed instanceof Promise) return parsed.then((value: unknown) => writeOutput(rules, task, value))
  return writeOutput(rules, task, parsed)
}

function writeOutput(rules: PayloadRules, task: AnyTask, output: unknown): string | null {
  if (output === undefined) return null
  const what = `the output of task '${task.name}'`
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
    throw new InvalidPayloadError(error.message, error.issues, { ...detailsOf(subject), cause: error.cause })
  }
}

function migrate(task: AnyTask, payload: unknown, from: number, subject: Subject): unknown {
  const { version = 1, migrate } = task.options
  if (from === version) return payload
  if (from > version) {
    const reason = `was written by version ${from}, and the code here knows versions up to ${version}: deploy the newer code`
    throw invalid(subject, [{ path: '', message: reason }])
  }
  if (migrate === undefined) return payload
  const failed = (cause: unknown): never => {
    const message = `cannot be migrated from version ${from}: ${reasonOf(cause)}`
    throw invalid(subject, [{ path: '', message }], cause)
  }
  try {
    const migrated: unknown = migrate(payload, from)
    return migrated instanceof Promise ? migrated.catch(failed) : migrated
  } catch (error) {
    return failed(error)
  }
}

/** What the schema makes of the value; a promise where it is asynchronous. */
function parse(schema: StandardSchemaV1, value: unknown, subject: Subject): unknown {
  let result: StandardSchemaV1.Result<unknown> | Promise<StandardSchemaV1.Result<unknown>>
  try {
    result = schema['~standard'].validate(value)
  } catch (error) {
    return schemaThrew(subject, error)
  }
  if (!(result instanceof Promise)) return accept(result, subject)
  return result
    .catch((error: unknown) => schemaThrew(subject, error))
    .then((answer) => accept(answer, subject))
}

function accept(result: StandardSchemaV1.Result<unknown>, subject: Subject): unknown {
  if (result.issues === undefined) return result.value
  throw invalid(subject, result.issues.map(toIssue))
}

function schemaThrew(subject: Subject, cause: unknown): never {
  throw invalid(
    subject,
    [{ path: '', message: `cannot be checked, its schema threw: ${reasonOf(cause)}` }],
    cause,
  )
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

function invalid(subject: Subject, issues: readonly PayloadIssue[], cause?: unknown): InvalidPayloadError {
  const { kind, task, jobId, asJson } = subject
  const named = issues
    .slice(0, MOST_ISSUES_NAMED)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  const more = issues.length > named.length ? ` (and ${issues.length - named.length} more)` : ''
  const whose = jobId === undefined ? `task '${task}'` : `job ${jobId} of task '${task}'`
  const note = asJson ? ' It was checked in its JSON form, in which a Date is text.' : ''
  return new InvalidPayloadError(
    `The ${kind} of ${whose} is invalid: ${named.join('; ')}${more}.${note}`,
    issues,
    { ...detailsOf(subject), cause },
  )
}

function detailsOf({ task, jobId }: Subject): ErrorDetails {
  return jobId === undefined ? { task } : { task, jobId }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : show(cause)
}
