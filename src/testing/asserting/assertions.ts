/**
 * Assertions on what was enqueued. They are synchronous, so that none can pass for want of an `await`.
 * @module
 */
import type { AnyTask } from '../../contract/index.ts'
import type { World } from '../world.ts'
import { AssertionError } from './assertion-error.ts'
import { type EnqueuedJob, listEnqueued } from './enqueued-job.ts'
import { type ExpectOptions, type RefuteOptions, readExpectation } from './expectation.ts'
import { expectedMessage, type Findings, refutedMessage } from './report.ts'

/** The first job that matches. @throws AssertionError where too few or too many do. */
export function expectEnqueued(
  world: World,
  task: AnyTask,
  matcher: unknown,
  options: ExpectOptions,
  from: (...args: never[]) => unknown,
): EnqueuedJob {
  const expectation = readExpectation(matcher, options, 'expectEnqueued()')
  const findings = find(world, task, expectation)
  const matching = findings.jobs.filter((job) => expectation.differences(job).length === 0)
  const [first] = matching
  const enough = expectation.count === null || matching.length === expectation.count
  if (first !== undefined && enough) return first
  throw new AssertionError(expectedMessage(findings, task, matching), from)
}

/** @throws AssertionError where a job matches. */
export function refuteEnqueued(
  world: World,
  task: AnyTask | null,
  matcher: unknown,
  options: RefuteOptions,
  from: (...args: never[]) => unknown,
): void {
  const expectation = readExpectation(matcher, options, 'refuteEnqueued()')
  const findings = find(world, task, expectation)
  const matching = findings.jobs.filter((job) => expectation.differences(job).length === 0)
  if (matching.length > 0) throw new AssertionError(refutedMessage(findings, task, matching), from)
}

function find(world: World, task: AnyTask | null, expectation: Findings['expectation']): Findings {
  const codecs = world.recipe.options.codecs ?? []
  return {
    expectation,
    jobs: listEnqueued(world.journal, codecs, task),
    all: listEnqueued(world.journal, codecs, null),
    underWay: world.flights.count,
  }
}
