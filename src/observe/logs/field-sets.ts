/**
 * The same line under the names that a log store knows: plain, ECS, Datadog, OpenTelemetry.
 * @module
 */
import type { JobError } from '../../contract/index.ts'
import type { LoggedEvent, Step } from './steps.ts'

/** Whose names the fields have. */
export const FIELD_SETS = ['plain', 'ecs', 'datadog', 'otel'] as const

/** One of {@link FIELD_SETS}. */
export type FieldSet = (typeof FIELD_SETS)[number]

/** The fields of a line. */
export type LogFields = Readonly<Record<string, unknown>>

const NS_PER_MS = 1_000_000

const SHAPES: Readonly<Record<FieldSet, (event: LoggedEvent, step: Step) => LogFields>> = {
  plain,
  ecs,
  datadog,
  otel,
}

/** The fields of a step, without level, time and message: these belong to the logger. */
export function fieldsOf(set: FieldSet, event: LoggedEvent, step: Step): LogFields {
  return SHAPES[set](event, step)
}

function plain(event: LoggedEvent, step: Step): LogFields {
  const { level: _level, message: _message, more, ...facts } = step
  return { event, ...facts, ...more }
}

/** Elastic Common Schema; what it has no name for stands under `millrace`. */
function ecs(event: LoggedEvent, step: Step): LogFields {
  const { durationMs, error } = step
  return {
    'event.action': event,
    'event.outcome': ecsOutcome(step),
    ...(durationMs === undefined ? {} : { 'event.duration': Math.round(durationMs * NS_PER_MS) }),
    ...(error === undefined ? {} : errorAs(error, ['error.type', 'error.message', 'error.stack_trace'])),
    ...(error?.code == null ? {} : { 'error.code': error.code }),
    millrace: ownFacts(step),
  }
}

function ecsOutcome({ outcome, error }: Step): 'success' | 'failure' | 'unknown' {
  if (error !== undefined) return 'failure'
  return outcome === 'succeeded' ? 'success' : 'unknown'
}

/** Datadog's standard attributes; what it has no name for stands under `millrace`. */
function datadog(event: LoggedEvent, step: Step): LogFields {
  const { durationMs, error } = step
  return {
    evt: { name: event, ...(step.outcome === undefined ? {} : { outcome: step.outcome }) },
    ...(durationMs === undefined ? {} : { duration: Math.round(durationMs * NS_PER_MS) }),
    ...(error === undefined ? {} : { error: errorAs(error, ['kind', 'message', 'stack']) }),
    millrace: ownFacts(step),
  }
}

/** OpenTelemetry's semantic conventions; what they have no name for begins with `millrace.`. */
function otel(event: LoggedEvent, step: Step): LogFields {
  const { queue, jobId, error, durationMs } = step
  const own = Object.entries(ownFacts(step)).map(([key, value]) => [`millrace.${key}`, value])
  return {
    'event.name': event,
    ...(queue === undefined ? {} : { 'messaging.system': 'millrace', 'messaging.destination.name': queue }),
    ...(jobId === undefined ? {} : { 'messaging.message.id': jobId }),
    ...(error === undefined
      ? {}
      : errorAs(error, ['exception.type', 'exception.message', 'exception.stacktrace'])),
    ...(durationMs === undefined ? {} : { 'millrace.durationMs': durationMs }),
    ...Object.fromEntries(own),
  }
}

function ownFacts(step: Step): LogFields {
  const { level: _level, message: _message, durationMs: _duration, error: _error, more, ...facts } = step
  return { ...facts, ...more }
}

function errorAs(error: JobError, names: readonly [kind: string, message: string, stack: string]): LogFields {
  const [kind, message, stack] = names
  return { [kind]: error.name, [message]: error.message, [stack]: wholeStack(error) }
}

/** These schemas have one stack for an error, so that its causes go into it, as Node prints them. */
function wholeStack(error: JobError): string {
  const own = error.stack ?? `${error.name}: ${error.message}`
  return error.cause === null ? own : `${own}\ncaused by ${wholeStack(error.cause)}`
}
