/**
 * Watching an app: logs, metrics and error reports, all of them listeners of its events.
 * @module
 */
export { type ErrorContext, type ReportErrorsOptions, reportErrors } from './errors/report-errors.ts'
export type { FieldSet, LogFields } from './logs/field-sets.ts'
export { type EventLogger, type LogEventsOptions, logEvents } from './logs/log-events.ts'
export { type PinoOptions, pinoOptions } from './logs/pino-options.ts'
export type { LoggedEvent } from './logs/steps.ts'
export type { PrometheusRegistry } from './metrics/driver.ts'
export { type PrometheusMetrics, type PrometheusOptions, prometheus } from './metrics/prometheus.ts'
