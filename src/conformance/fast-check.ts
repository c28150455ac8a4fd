/**
 * As much of fast-check as the model test uses. The caller hands it over, so that the package depends on none.
 * @module
 */

/** A source of random values that can be made smaller. */
export interface Arbitrary<T> {
  map<U>(mapper: (value: T) => U): Arbitrary<U>
}

/** One step of a random history. */
export interface HistoryStep<Model extends object, Real> {
  check(model: Readonly<Model>): boolean | Promise<boolean>
  run(model: Model, real: Real): Promise<void>
  toString(): string
}

/** How `assert` looks for a counterexample. */
export interface AssertOptions {
  readonly numRuns?: number
  readonly seed?: number
  readonly path?: string
  readonly endOnFailure?: boolean
}

/** The module `fast-check`, version 3 or 4. */
export interface FastCheck {
  integer(range: { min: number; max: number }): Arbitrary<number>
  boolean(): Arbitrary<boolean>
  constantFrom<T>(...values: T[]): Arbitrary<T>
  array<T>(of: Arbitrary<T>, length: { minLength?: number; maxLength?: number }): Arbitrary<T[]>
  record<T>(fields: { [K in keyof T]: Arbitrary<T[K]> }): Arbitrary<T>
  commands<Model extends object, Real>(
    steps: Arbitrary<HistoryStep<Model, Real>>[],
    options: { maxCommands?: number; size?: 'max'; replayPath?: string },
  ): Arbitrary<Iterable<HistoryStep<Model, Real>>>
  asyncModelRun<Model extends object, Real>(
    setup: () => { model: Model; real: Real },
    steps: Iterable<HistoryStep<Model, Real>>,
  ): Promise<void>
  asyncProperty<T>(values: Arbitrary<T>, holds: (value: T) => Promise<void>): unknown
  assert(property: unknown, options: AssertOptions): unknown
}
