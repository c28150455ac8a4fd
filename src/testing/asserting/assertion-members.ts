/**
 * Members of a test app that look at what was enqueued.
 * @module
 */
import type { AnyTask } from '../../contract/index.ts'
import type { TestApp } from '../test-app-options.ts'
import type { World } from '../world.ts'
import { expectEnqueued, refuteEnqueued } from './assertions.ts'
import { type EnqueuedJob, listEnqueued } from './enqueued-job.ts'
import type { ExpectOptions, RefuteOptions } from './expectation.ts'

type AssertionMembers = Pick<TestApp, 'enqueued' | 'expectEnqueued' | 'refuteEnqueued'>

export function assertionMembers(world: World): AssertionMembers {
  const codecs = world.recipe.options.codecs ?? []
  const expect = (task: AnyTask, matcher?: unknown, options: ExpectOptions = {}): EnqueuedJob =>
    expectEnqueued(world, task, matcher, options, expect)
  const refute = (task?: AnyTask, matcher?: unknown, options: RefuteOptions = {}): void =>
    refuteEnqueued(world, task ?? null, matcher, options, refute)
  // The types of each are those of the task it is called with; what runs is the same for all.
  return {
    enqueued: (task?: AnyTask) => listEnqueued(world.journal, codecs, task ?? null),
    expectEnqueued: expect,
    refuteEnqueued: refute,
  } as AssertionMembers
}
