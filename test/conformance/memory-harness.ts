/**
 * The memory backend under test, on a clock that is moved by hand.
 * @module
 */
import { memory } from '../../src/backends/memory/index.ts'
import type { Harness } from '../../src/conformance/index.ts'
import type { Backend, Clock } from '../../src/contract/index.ts'
import { ManualClock } from '../../src/kit/clock.ts'

/** A harness for `memory()`, or for something made like it. */
export function memoryHarness(make: (clock: Clock) => Backend = (clock) => memory({ clock })): Harness {
  const clock = new ManualClock()
  return {
    name: 'memory',
    open: async () => make(clock),
    dispose: (backend) => backend.close(),
    clock: {
      advance: (ms) => clock.advance(ms),
      jump: (ms) => clock.set(clock.now() + ms),
    },
  }
}
