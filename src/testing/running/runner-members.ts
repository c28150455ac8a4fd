/**
 * Members of a test app that run jobs and let time pass.
 * @module
 */
import type { AnyTask } from '../../contract/index.ts'
import { InvalidOptionError } from '../../contract/index.ts'
import { parseDuration } from '../../kit/durations.ts'
import type { TestApp } from '../test-app-options.ts'
import type { World } from '../world.ts'
import { drain } from './drain.ts'
import { readDrainOptions } from './drain-options.ts'
import type { DrainSummary } from './drain-summary.ts'
import { run } from './run.ts'
import type { RunOptions, RunResult } from './run-options.ts'

type RunnerMembers = Pick<TestApp, 'drain' | 'advance' | 'run' | 'reset'>

export function runnerMembers(world: World): RunnerMembers {
  const alone = oneAtATime()
  const runOne = (task: AnyTask, input?: unknown, options?: RunOptions<never>): Promise<RunResult<unknown>> =>
    run(world, task, input, options)
  return {
    drain: async (options = {}) => {
      const plan = readDrainOptions(options, 'drain()')
      return alone(() => drain(world, plan, options.withScheduled ? 'end' : 'now'))
    },
    advance: async (by, options = {}) => {
      const plan = readDrainOptions(options, 'advance()')
      const ms = parseDuration(by, 'advance')
      return alone(() => drain(world, plan, world.clock.now() + ms))
    },
    // The overloads say of each task what this says of any.
    run: runOne as TestApp['run'],
    reset: async () => {
      await world.flights.landed()
      await world.backend.empty()
      world.thrown.clear()
      world.clock.reset()
    },
  }
}

/** Two drains would take each other's jobs, and a job that drains would wait for itself. */
function oneAtATime(): (work: () => Promise<DrainSummary>) => Promise<DrainSummary> {
  let busy = false
  return async (work) => {
    if (busy) {
      const message = 'A drain is running already: await it first. A handler cannot drain, the test does.'
      throw new InvalidOptionError('drain', message)
    }
    busy = true
    try {
      return await work()
    } finally {
      busy = false
    }
  }
}
