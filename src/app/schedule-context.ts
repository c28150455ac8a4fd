/**
 * What the scheduler's room is given of the app.
 * @module
 */
import type { Codec } from '../contract/index.ts'
import { prepareJob } from '../engine/client/prepare.ts'
import { decodePayload } from '../engine/payloads.ts'
import type { TaskRegistry } from '../engine/registry.ts'
import { readDeclared, type ScheduleSettings } from '../scheduler/declared.ts'
import type { JobMaker, SchedulerContext } from '../scheduler/ports.ts'

interface AppParts extends Pick<SchedulerContext, 'open' | 'events' | 'clock'> {
  readonly registry: TaskRegistry
  readonly codecs: readonly Codec[]
  readonly maxPayloadBytes: number
}

/**
 * Reads what is declared, and puts the rest together.
 * @throws InvalidOptionError InvalidPayloadError ConfigError where a declared schedule is wrong.
 */
export function scheduleContext(parts: AppParts, settings: ScheduleSettings): SchedulerContext {
  const { registry, codecs, open, events, clock } = parts
  const jobs: JobMaker = {
    make: (task, input, options) => prepareJob(parts, task, input, options),
    find: (name) => registry.find(name),
    names: () => registry.names(),
  }
  return {
    open,
    events,
    clock,
    jobs,
    decode: (payload) => decodePayload(codecs, payload),
    declared: readDeclared(jobs, settings),
  }
}
