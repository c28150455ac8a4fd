/**
 * `millrace()`: the composition root, where client, workers, backend and everything they need meet.
 * @module
 */
import type { AnyTask, AppOptions, Backend, MiddlewareHooks, Millrace } from '../contract/index.ts'
import { createClient } from '../engine/client/client.ts'
import { needFacet } from '../engine/client/facet.ts'
import { TaskRegistry } from '../engine/registry.ts'
import { createEventBus } from '../kit/event-bus.ts'
import { ScheduleControl } from '../scheduler/control.ts'
import type { DeclaredSchedules } from '../scheduler/ports.ts'
import { checkHooks, readAppOptions } from './app-options.ts'
import { LazyBackend } from './backend-source.ts'
import { scheduleContext } from './schedule-context.ts'
import { Workers } from './workers.ts'

/**
 * Makes an app: its tasks, its store, its defaults. Connects to nothing and starts nothing; the store is opened
 * when a call or a worker needs it.
 *
 * @throws InvalidOptionError where an option is wrong; UnsupportedFacetError where a given backend lacks what a
 * task asks for.
 * @example
 * const app = millrace({ backend: 'sqlite:millrace.db', tasks: [sendWelcomeEmail] })
 * const receipt = await app.enqueue(sendWelcomeEmail, { userId: 123 })
 * const { messageId } = await app.result(receipt)
 */
export function millrace<const Scheduled extends Readonly<Record<string, AnyTask>>>(
  options: AppOptions<Scheduled> = {},
): Millrace {
  const settings = readAppOptions(options)
  const registry = new TaskRegistry(settings.defaults)
  registry.addAll(settings.tasks)
  for (const hooks of settings.middleware) checkHooks(hooks)
  const middleware: MiddlewareHooks[] = [...settings.middleware]
  const events = createEventBus()
  const { codecs, maxPayloadBytes, clock, retention, module } = settings
  const shared = { registry, codecs, maxPayloadBytes, events, clock, middleware, retention }
  const scheduling = scheduleContext({ ...shared, open: () => source.open() }, settings.schedules)
  const source: LazyBackend = new LazyBackend(settings.backend, options.clock, (backend) =>
    checkAbilities(backend, registry, scheduling.declared),
  )
  const { client, close: closeClient } = createClient({ ...shared, source })
  const workers = new Workers({ ...shared, source, module, producer: client, scheduling }, settings.worker)
  let closing: Promise<void> | null = null

  const closeAll = async (): Promise<void> => {
    try {
      // Handlers may enqueue until the last of them has ended.
      await workers.close()
    } finally {
      await closeClient()
      await source.close()
    }
  }
  const close = (): Promise<void> => {
    closing ??= closeAll()
    return closing
  }

  return {
    ...client,
    get tasks() {
      return registry.tasks
    },
    events,
    schedules: new ScheduleControl(scheduling),
    ready: () => source.open(),
    register: (...tasks) => {
      registry.addAll(tasks)
      if (source.current !== null) checkAbilities(source.current, registry, scheduling.declared)
    },
    use: (hooks) => {
      checkHooks(hooks)
      middleware.push(hooks)
    },
    worker: (workerOptions) => workers.make(workerOptions ?? {}),
    migrate: async () => (await source.open()).migrate(),
    info: async () => (await source.open()).info(),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** What can be known when the app starts is said then, and not half-way through a job. */
function checkAbilities(backend: Backend, registry: TaskRegistry, declared: DeclaredSchedules | null): void {
  const unique = registry.tasks.find((task) => registry.policy(task).unique !== null)
  if (unique !== undefined) needFacet(backend, 'unique', `Task '${unique.name}' has the option unique, which`)
  if (declared !== null) needFacet(backend, 'schedules', 'The option schedules')
}
