/**
 * A scheduler in a process of its own, made to be killed. Arguments: the file, and the fast clock's start and speed.
 * @module
 */
import { scheduleContext } from '../../src/app/schedule-context.ts'
import { sqlite } from '../../src/backends/sqlite/index.ts'
import { TaskRegistry } from '../../src/engine/registry.ts'
import { task } from '../../src/engine/task.ts'
import { createEventBus } from '../../src/kit/event-bus.ts'
import { Scheduler } from '../../src/scheduler/scheduler.ts'
import { fastClock } from './fast-clock.ts'
import { declaredSchedules } from './many-schedules.ts'

const [file = '', start = '', speed = ''] = process.argv.slice(2)
const clock = fastClock(Number(start), Number(speed))
const backend = sqlite({ file, synchronous: 'normal', clock })
const registry = new TaskRegistry()
const tick = task('tick', {})
registry.add(tick)
const parts = { registry, codecs: [], maxPayloadBytes: 1_000_000, events: createEventBus(), clock }
const context = scheduleContext(
  { ...parts, open: () => Promise.resolve(backend) },
  { schedules: declaredSchedules(tick), files: undefined, group: 'default' },
)
const scheduler = new Scheduler(context, { pollMs: 5 })
process.once('SIGTERM', () => {
  void scheduler.stop().then(async () => {
    await backend.close()
    process.exit(0)
  })
})
await scheduler.start()
process.stdout.write('ready\n')
