/**
 * Options for pino, so that level, time and message of a line have the names its field set wants.
 * @module
 */
import { hostname } from 'node:os'
import { InvalidOptionError } from '../../contract/index.ts'
import { checkName } from '../../kit/check.ts'
import { show } from '../../kit/show.ts'
import { FIELD_SETS, type FieldSet } from './field-sets.ts'

/** What pino is made with. */
export interface PinoOptions {
  readonly base: Readonly<Record<string, unknown>>
  readonly messageKey: string
  readonly nestedKey?: string
  readonly timestamp: () => string
  readonly formatters: { readonly level: (label: string, level: number) => object }
}

const ECS_VERSION = '8.11.0'

/** OpenTelemetry's numbers for pino's levels. */
const SEVERITY: Readonly<Record<string, number>> = {
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  fatal: 21,
}

/**
 * The options of a pino logger whose lines have this field set, for an application that makes the logger itself:
 * `pino({ ...pinoOptions('ecs'), level: 'warn' })`.
 * @param service the application's name, on every line. Default: none.
 * @throws InvalidOptionError
 */
export function pinoOptions(fields: FieldSet = 'plain', service?: string): PinoOptions {
  checkFieldSet(fields)
  if (service !== undefined) checkName(service, 'service')
  return MAKERS[fields](service)
}

/** @throws InvalidOptionError */
export function checkFieldSet(fields: unknown): void {
  if (FIELD_SETS.some((known) => known === fields)) return
  throw new InvalidOptionError(
    'fields',
    `fields must be one of ${FIELD_SETS.join(', ')}, got ${show(fields)}.`,
  )
}

const MAKERS: Readonly<Record<FieldSet, (service: string | undefined) => PinoOptions>> = {
  plain: (service) => ({
    base: { pid: process.pid, hostname: hostname(), ...named('service', service) },
    messageKey: 'msg',
    timestamp: () => `,"time":"${now()}"`,
    formatters: { level: (level) => ({ level }) },
  }),
  ecs: (service) => ({
    base: {
      'ecs.version': ECS_VERSION,
      'process.pid': process.pid,
      'host.hostname': hostname(),
      ...named('service.name', service),
    },
    messageKey: 'message',
    timestamp: () => `,"@timestamp":"${now()}"`,
    formatters: { level: (label) => ({ 'log.level': label }) },
  }),
  datadog: (service) => ({
    base: { host: hostname(), ddsource: 'nodejs', ...named('service', service) },
    messageKey: 'message',
    timestamp: () => `,"timestamp":"${now()}"`,
    formatters: { level: (status) => ({ status }) },
  }),
  otel: (service) => ({
    base: {
      Resource: { 'host.name': hostname(), 'process.pid': process.pid, ...named('service.name', service) },
    },
    messageKey: 'Body',
    nestedKey: 'Attributes',
    // Nanoseconds since 1970, as text: they are more than a double can hold.
    timestamp: () => `,"Timestamp":"${Date.now()}000000"`,
    formatters: {
      level: (label) => ({ SeverityText: label.toUpperCase(), SeverityNumber: SEVERITY[label] ?? 0 }),
    },
  }),
}

function now(): string {
  return new Date().toISOString()
}

function named(key: string, name: string | undefined): Readonly<Record<string, string>> {
  return name === undefined ? {} : { [key]: name }
}
