/**
 * The options of `millrace()`, checked and with their defaults.
 * @module
 */
import type {
  AnyTask,
  AppOptions,
  Backend,
  Clock,
  Codec,
  MiddlewareHooks,
  RetentionRule,
  WorkerOptions,
} from '../contract/index.ts'
import { InvalidOptionError } from '../contract/index.ts'
import { type AppDefaults, NO_DEFAULTS, readDefaults } from '../engine/resolve.ts'
import { checkInteger, checkKeys } from '../kit/check.ts'
import { systemClock } from '../kit/clock.ts'
import { checkCodecs } from '../kit/payload.ts'
import { show } from '../kit/show.ts'
import { readScheduleSettings, type ScheduleSettings } from '../scheduler/declared.ts'
import { parseStoreUrl } from './load-backend.ts'
import { readRetention } from './retention.ts'

const KEYS = [
  'backend',
  'tasks',
  'defaults',
  'codecs',
  'maxPayloadBytes',
  'retention',
  'worker',
  'schedules',
  'scheduleFiles',
  'scheduleGroup',
  'middleware',
  'module',
  'clock',
] as const satisfies readonly (keyof AppOptions)[]

const DEFAULT_BACKEND = 'sqlite:millrace.db'
const MIB = 1024 * 1024

/** The options, complete. */
export interface AppSettings {
  readonly backend: string | Backend
  readonly tasks: readonly AnyTask[]
  readonly defaults: AppDefaults
  readonly codecs: readonly Codec[]
  readonly maxPayloadBytes: number
  readonly retention: readonly RetentionRule[]
  readonly worker: WorkerOptions
  readonly schedules: ScheduleSettings
  readonly middleware: readonly MiddlewareHooks[]
  readonly module: string | undefined
  readonly clock: Clock
}

/**
 * Reads the options. Tasks and worker options are checked by those who take them.
 * @throws InvalidOptionError
 */
export function readAppOptions(options: AppOptions): AppSettings {
  checkKeys(options, KEYS, 'millrace()')
  const { backend = DEFAULT_BACKEND, tasks = [], codecs = [], worker = {}, middleware = [], module } = options
  checkBackend(backend)
  checkCodecs(codecs, 'codecs')
  for (const [field, list] of Object.entries({ tasks, middleware })) {
    if (!Array.isArray(list))
      throw new InvalidOptionError(field, `${field} must be a list, got ${show(list)}.`)
  }
  if (module !== undefined && (typeof module !== 'string' || module === '')) {
    throw new InvalidOptionError(
      'module',
      `module must be a path or a URL such as import.meta.url, got ${show(module)}.`,
    )
  }
  return {
    backend,
    tasks,
    defaults: options.defaults === undefined ? NO_DEFAULTS : readDefaults(options.defaults),
    codecs: [...codecs],
    maxPayloadBytes: checkInteger(options.maxPayloadBytes ?? MIB, 'maxPayloadBytes', 1, 1024 * MIB),
    retention: readRetention(options.retention ?? {}),
    worker,
    schedules: readScheduleSettings(options),
    middleware,
    module,
    clock: options.clock ?? systemClock,
  }
}

function checkBackend(backend: unknown): void {
  if (typeof backend === 'string') {
    parseStoreUrl(backend)
    return
  }
  const methods = ['enqueue', 'exchange', 'subscribe', 'close'] as const
  const made = typeof backend === 'object' && backend !== null
  if (made && methods.every((method) => typeof Reflect.get(backend, method) === 'function')) return
  throw new InvalidOptionError(
    'backend',
    `backend must be a URL or a backend such as memory(), got ${show(backend)}.`,
  )
}

/**
 * Checks the hooks of one middleware.
 * @throws InvalidOptionError
 */
export function checkHooks(hooks: MiddlewareHooks): void {
  checkKeys(hooks, ['enqueue', 'run'], 'a middleware')
  for (const name of ['enqueue', 'run'] as const) {
    const hook: unknown = hooks[name]
    if (hook === undefined || typeof hook === 'function') continue
    throw new InvalidOptionError(
      `middleware.${name}`,
      `The hook ${name} must be a function, got ${show(hook)}.`,
    )
  }
}
