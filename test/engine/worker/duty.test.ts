import { expect, test } from 'vitest'
import { Duty } from '../../../src/engine/worker/duty.ts'
import { systemClock } from '../../../src/kit/clock.ts'
import { createEventBus } from '../../../src/kit/event-bus.ts'

test.each([0, 1, 2, 3, 4, 5, 6])('who asks %i steps after it began is never overheard', async (steps) => {
  let times = 0
  const work = async () => {
    times += 1
    return null
  }
  const duty = new Duty({ name: 'lease check', events: createEventBus(), clock: systemClock, work })
  duty.now()
  for (let step = 0; step < steps; step += 1) await null
  duty.now()
  await new Promise((resolve) => setImmediate(resolve))
  expect(times).toBe(2)
  await duty.stop()
})
