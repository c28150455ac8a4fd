/**
 * The part of an app that a store alone can give: no tasks, no workers. Commands that look and correct need no
 * more, and start much sooner without the rest.
 * @module
 */

import { scheduleContext } from '../app/schedule-context.ts'
import type { Backend, Millrace } from '../contract/index.ts'
import type { ClientContext } from '../engine/client/context.ts'
import { Jobs } from '../engine/client/jobs.ts'
import { Queues } from '../engine/client/queues.ts'
import { TaskRegistry } from '../engine/registry.ts'
import { NO_DEFAULTS } from '../engine/resolve.ts'
import { systemClock } from '../kit/clock.ts'
import { createEventBus } from '../kit/event-bus.ts'
import { ScheduleControl } from '../scheduler/control.ts'

/** An app, as far as these commands use it. */
export type StoreClient = Pick<
  Millrace,
  | 'tasks'
  | 'ready'
  | 'get'
  | 'list'
  | 'attempts'
  | 'logs'
  | 'cancel'
  | 'retry'
  | 'delete'
  | 'queues'
  | 'schedules'
  | 'workers'
  | 'migrate'
  | 'info'
  | 'close'
>

/** Payloads larger than this are never written here, so the limit does not matter. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER

/** Makes one; closing it closes the backend. */
export function storeClient(backend: Backend): StoreClient {
  const context: ClientContext = {
    source: { current: backend, open: () => Promise.resolve(backend) },
    events: createEventBus(),
    clock: systemClock,
    middleware: [],
    registry: new TaskRegistry(NO_DEFAULTS),
    codecs: [],
    maxPayloadBytes: NO_LIMIT,
  }
  const jobs = new Jobs(context)
  const open = (): Promise<Backend> => Promise.resolve(backend)
  const nothing = { schedules: undefined, files: undefined, group: 'default' }
  return {
    tasks: [],
    ready: () => Promise.resolve(backend),
    get: (id) => jobs.get(id),
    list: (filter, page) => jobs.list(filter, page),
    attempts: (id) => jobs.attempts(id),
    logs: (id, limit) => jobs.logs(id, limit),
    cancel: (ids) => jobs.cancel(ids),
    retry: (ids) => jobs.retry(ids),
    delete: (ids) => jobs.delete(ids),
    queues: new Queues(context),
    schedules: new ScheduleControl(scheduleContext({ ...context, open }, nothing)),
    workers: () => jobs.workers(),
    migrate: () => backend.migrate(),
    info: () => backend.info(),
    close: () => backend.close(),
  }
}
