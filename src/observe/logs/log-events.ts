/**
 * `logEvents()`: a line for every step of every job, to pino or to the application's own logger.
 * @module
 */
import { InvalidOptionError, type Millrace } from '../../contract/index.ts'
import { checkKeys } from '../../kit/check.ts'
import { show } from '../../kit/show.ts'
import { missingPackage } from '../missing-package.ts'
import { type FieldSet, fieldsOf, type LogFields } from './field-sets.ts'
import { LOGGED_BUSES } from './logged.ts'
import { checkFieldSet, pinoOptions } from './pino-options.ts'
import { LOGGED_EVENTS, type LoggedEvent, stepOf } from './steps.ts'

/** A logger that takes fields first, as pino's, bunyan's and Fastify's do. */
export interface EventLogger {
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}

/** Options of `logEvents()`. */
export interface LogEventsOptions {
  /** The application's own logger. Default: pino, to standard output. */
  readonly logger?: EventLogger
  /** Whose names the fields have. Default `plain`. */
  readonly fields?: FieldSet
  /** The application's name on every line; not together with `logger`, which has its own. */
  readonly service?: string
  /** Only these events. Default: all but `job:progress`. */
  readonly events?: readonly LoggedEvent[]
}

const KEYS = ['logger', 'fields', 'service', 'events'] as const satisfies readonly (keyof LogEventsOptions)[]

/**
 * Logs the events of an app, one line each, until the answer is called. Inputs and outputs are never logged.
 * @throws InvalidOptionError where an option is wrong or this app is logged already; MillraceError
 * `package-missing` where no logger is given and pino is not installed.
 */
export async function logEvents(
  app: Pick<Millrace, 'events'>,
  options: LogEventsOptions = {},
): Promise<() => void> {
  checkOptions(options)
  const { fields = 'plain', service, events: names = LOGGED_EVENTS } = options
  const { events } = app
  if (LOGGED_BUSES.has(events)) {
    throw new InvalidOptionError('app', 'The events of this app are logged already; end that before.')
  }
  LOGGED_BUSES.add(events)
  try {
    const logger = options.logger ?? (await pinoLogger(fields, service))
    const offs = [...new Set(names)].map((name) => listen(app, name, logger, fields))
    return () => {
      for (const off of offs.splice(0)) off()
      LOGGED_BUSES.delete(events)
    }
  } catch (error) {
    LOGGED_BUSES.delete(events)
    throw error
  }
}

function listen<Name extends LoggedEvent>(
  { events }: Pick<Millrace, 'events'>,
  name: Name,
  logger: EventLogger,
  fields: FieldSet,
): () => void {
  return events.on(name, (event) => {
    const step = stepOf(name, event)
    logger[step.level](fieldsOf(fields, name, step), step.message)
  })
}

async function pinoLogger(fields: FieldSet, service: string | undefined): Promise<EventLogger> {
  const { pino } = await import('pino').catch((cause: unknown) => {
    throw missingPackage('logEvents() without a logger', 'pino', cause)
  })
  const logger: EventLogger = pino({ ...pinoOptions(fields, service) })
  return logger
}

function checkOptions(options: LogEventsOptions): void {
  checkKeys(options, KEYS, 'logEvents()')
  const { logger, fields = 'plain', service, events = LOGGED_EVENTS } = options
  checkFieldSet(fields)
  if (logger !== undefined) checkLogger(logger)
  if (logger !== undefined && service !== undefined) {
    throw new InvalidOptionError('service', 'A logger of your own says itself what the service is called.')
  }
  const unknown = Array.isArray(events) ? events.find((name) => !LOGGED_EVENTS.includes(name)) : events
  if (unknown !== undefined) {
    throw new InvalidOptionError(
      'events',
      `events must be a list of ${LOGGED_EVENTS.join(', ')}, got ${show(unknown)}.`,
    )
  }
}

function checkLogger(logger: EventLogger): void {
  const lacking = (['info', 'warn', 'error'] as const).find(
    (level) => typeof (logger as Partial<EventLogger> | null)?.[level] !== 'function',
  )
  if (lacking === undefined) return
  throw new InvalidOptionError(
    'logger',
    `logger must have the methods info, warn and error; ${lacking} is none.`,
  )
}
