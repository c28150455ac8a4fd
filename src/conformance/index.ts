/**
 * The conformance suite: what passes it is a backend.
 * @module
 */
export { conformanceCases } from './cases/index.ts'
export { ConformanceFailure } from './expect.ts'
export type { Arbitrary, AssertOptions, FastCheck, HistoryStep } from './fast-check.ts'
export {
  type ConformanceCase,
  type Harness,
  type HarnessAbility,
  type HarnessClock,
  missing,
  pass,
  type UserConnection,
} from './harness.ts'
export { type ModelTestOptions, modelTest } from './model-test.ts'
export { exchangeRequest } from './request.ts'
export { type Runner, runConformance, type Support, supports } from './run.ts'
