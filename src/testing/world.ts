/**
 * An app on a store of its own and all that watches it: what a test app is, and what `run()` makes for one job.
 * @module
 */

import { millrace } from '../app/millrace.ts'
import type { AnyTask, AppOptions, MiddlewareHooks, Millrace } from '../contract/index.ts'
import { task as defineTask } from '../engine/task.ts'
import { Flights } from './flights.ts'
import { Journal } from './journal.ts'
import { TestBackend } from './test-backend.ts'
import type { TestClock } from './test-clock.ts'
import { ThrownErrors } from './thrown-errors.ts'

/** What apps are made from; it grows with `register` and `use`. */
export interface Recipe {
  readonly options: Omit<AppOptions, 'backend' | 'clock' | 'tasks' | 'middleware'>
  readonly tasks: AnyTask[]
  readonly middleware: MiddlewareHooks[]
  /** True: `isolate` of a task holds as in production. */
  readonly isolate: boolean
}

/** One app with its clock, its store and what happened there. */
export interface World {
  readonly app: Millrace
  readonly clock: TestClock
  readonly backend: TestBackend
  readonly journal: Journal
  readonly thrown: ThrownErrors
  readonly flights: Flights
  readonly recipe: Recipe
}

/** @throws InvalidOptionError as `millrace()` does. */
export function makeWorld(recipe: Recipe, clock: TestClock): World {
  const journal = new Journal()
  const backend = new TestBackend(clock, journal)
  const thrown = new ThrownErrors()
  const app = millrace({
    ...recipe.options,
    tasks: recipe.tasks.map((one) => forTests(recipe, one)),
    middleware: [thrown.hooks, ...recipe.middleware],
    backend,
    clock,
  })
  return { app, clock, backend, journal, thrown, flights: new Flights(), recipe }
}

const copies = new WeakMap<AnyTask, AnyTask>()

/** The task as a test runs it: in this process, where mocks and spies reach its handler. */
export function forTests(recipe: Recipe, original: AnyTask): AnyTask {
  if (recipe.isolate || original?.options?.isolate === undefined) return original
  const copy = copies.get(original)
  if (copy !== undefined) return copy
  const { isolate: _isolate, ...options } = original.options
  // The options are a task's own, and come out as they went in.
  const made = defineTask(original.name, options as Parameters<typeof defineTask>[1]) as AnyTask
  copies.set(original, made)
  return made
}
