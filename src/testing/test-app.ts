/**
 * `testApp()`: a real app on the memory backend, with hands for a test.
 * @module
 */
import { InvalidOptionError } from '../contract/index.ts'
import { show } from '../kit/show.ts'
import { assertionMembers } from './asserting/assertion-members.ts'
import { producerMembers } from './running/producer-members.ts'
import { runnerMembers } from './running/runner-members.ts'
import { standInFor } from './stand-in.ts'
import type { TestApp, TestAppOptions } from './test-app-options.ts'
import { TestClock } from './test-clock.ts'
import { makeWorld, type Recipe } from './world.ts'

/**
 * Makes an app for tests: the same engine and the same rules on a store in memory, with a clock that the test
 * moves. It starts nothing by itself.
 *
 * @throws InvalidOptionError as `millrace()` does, and where `backend` or `clock` is given.
 * @example
 * const app = testApp({ tasks: [sendWelcomeEmail] })
 * await signUp(app, 'ada@example.com')
 * app.expectEnqueued(sendWelcomeEmail, { to: 'ada@example.com' })
 * await app.drain()
 */
export function testApp(options: TestAppOptions = {}): TestApp {
  const { start, mode = 'fake', insteadOf, isolate = false, tasks, middleware = [], ...rest } = options
  for (const field of ['backend', 'clock'] as const) {
    if (!(field in rest)) continue
    throw new InvalidOptionError(field, `testApp() brings its own ${field}: leave the option ${field} out.`)
  }
  if (mode !== 'fake' && mode !== 'inline') {
    throw new InvalidOptionError('mode', `mode must be 'fake' or 'inline', got ${show(mode)}.`)
  }
  const recipe: Recipe = {
    options: rest,
    tasks: [...(tasks ?? insteadOf?.tasks ?? [])],
    middleware: [...middleware],
    isolate,
  }
  const world = makeWorld(recipe, new TestClock(start))
  const app: TestApp = Object.assign(
    world.app,
    producerMembers(world, mode),
    runnerMembers(world),
    assertionMembers(world),
    { clock: world.clock },
  )
  if (insteadOf === undefined) return app
  const stepBack = standInFor(insteadOf, app)
  const { close } = app
  const leave = (): Promise<void> => {
    stepBack()
    return close()
  }
  return Object.assign(app, { close: leave, [Symbol.asyncDispose]: leave })
}
