/**
 * The scheduler's room with a real backend, as the app puts it together.
 * @module
 */
import { onTestFinished } from 'vitest'
import { scheduleContext } from '../../src/app/schedule-context.ts'
import { memory } from '../../src/backends/memory/index.ts'
import type { AnyTask, Backend } from '../../src/contract/index.ts'
import { TaskRegistry } from '../../src/engine/registry.ts'
import { task } from '../../src/engine/task.ts'
import { ManualClock } from '../../src/kit/clock.ts'
import { createEventBus } from '../../src/kit/event-bus.ts'
import { ScheduleControl } from '../../src/scheduler/control.ts'
import type { GivenSchedule } from '../../src/scheduler/definition.ts'
import type { SchedulerContext } from '../../src/scheduler/ports.ts'

/** A task that nothing is asked of. */
export const sweep = task('sweep', { run: (_input?: unknown) => undefined })

/** What a test of the room works with. */
export interface Room {
  readonly backend: Backend
  readonly clock: ManualClock
  readonly context: SchedulerContext
  readonly control: ScheduleControl
}

/** A room on a fresh memory store, or on the store of another room. */
export function makeRoom(
  options: {
    readonly declared?: Readonly<Record<string, GivenSchedule>>
    readonly files?: readonly string[]
    readonly group?: string
    readonly tasks?: readonly AnyTask[]
    readonly start?: string
    readonly beside?: Room
  } = {},
): Room {
  const {
    declared,
    files,
    group = 'default',
    tasks = [sweep],
    start = '2026-01-01T00:00:00Z',
    beside,
  } = options
  const clock = beside?.clock ?? new ManualClock(Date.parse(start))
  const backend = beside?.backend ?? memory({ clock })
  if (beside === undefined) onTestFinished(() => backend.close())
  const registry = new TaskRegistry()
  registry.addAll(tasks)
  const parts = { registry, codecs: [], maxPayloadBytes: 1_000_000, events: createEventBus(), clock }
  const open = () => Promise.resolve(backend)
  const context = scheduleContext({ ...parts, open }, { schedules: declared, files, group })
  return { backend, clock, context, control: new ScheduleControl(context) }
}
