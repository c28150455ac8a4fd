/**
 * The model-based test: random histories, played on a backend and on the model side by side.
 * @module
 */
import type { Backend } from '../contract/index.ts'
import type { Arbitrary, FastCheck } from './fast-check.ts'
import type { Harness } from './harness.ts'
import { Model } from './model.ts'
import { Bench } from './model-bench.ts'
import { brokerSteps, timeSteps } from './model-broker-steps.ts'
import { compareAll } from './model-compare.ts'
import { checkpointSteps, controlSteps, limitSteps, recordSteps, uniqueSteps } from './model-facet-steps.ts'
import type { Step } from './model-steps.ts'

/** Options of {@link modelTest}. */
export interface ModelTestOptions {
  /** The module `fast-check`. */
  readonly fc: FastCheck
  /** Histories to play. Default: the environment's `MILLRACE_MODEL_RUNS`, else 1,000. */
  readonly runs?: number
  /** Most steps of one history. Default 80. */
  readonly steps?: number
  /** Repeats the histories of an earlier run: what fast-check printed. Default: new ones each time. */
  readonly seed?: number
  /** With `seed`: goes straight to a counterexample that fast-check printed. */
  readonly path?: string
  /** With `path`: what fast-check printed as `replayPath`. */
  readonly replayPath?: string
}

/**
 * Plays random histories on fresh stores and on the model, and compares every answer, and at intervals all that
 * can be read. Steps that need a facet the backend lacks, or a clock the harness cannot move, are left out.
 *
 * @throws Error of fast-check, with the shortest history it found on which the two disagree.
 */
export async function modelTest(harness: Harness, options: ModelTestOptions): Promise<void> {
  const { fc } = options
  const commands = fc.commands(await stepsFor(harness, fc), {
    maxCommands: options.steps ?? 80,
    size: 'max',
    ...(options.replayPath === undefined ? {} : { replayPath: options.replayPath }),
  })
  const property = fc.asyncProperty(commands, (steps) => playHistory(harness, fc, steps))
  await fc.assert(property, {
    numRuns: options.runs ?? runsFromEnvironment(),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.path === undefined ? {} : { path: options.path }),
  })
}

function runsFromEnvironment(): number {
  const runs = Number(process.env.MILLRACE_MODEL_RUNS ?? '')
  return Number.isSafeInteger(runs) && runs > 0 ? runs : 1_000
}

async function stepsFor(harness: Harness, fc: FastCheck): Promise<Arbitrary<Step>[]> {
  const backend = await harness.open()
  try {
    return allSteps(harness, backend, fc)
  } finally {
    await harness.dispose(backend)
  }
}

function allSteps(harness: Harness, backend: Backend, fc: FastCheck): Arbitrary<Step>[] {
  const timed = harness.clock !== undefined
  return [
    ...brokerSteps(fc, timed),
    ...(timed ? timeSteps(fc, harness.clock?.jump !== undefined) : []),
    ...recordSteps(fc, backend.records, timed),
    ...limitSteps(fc, backend.limits),
    ...uniqueSteps(fc, backend.unique),
    ...controlSteps(fc, backend.control),
    ...checkpointSteps(fc, backend.checkpoints),
  ]
}

async function playHistory(harness: Harness, fc: FastCheck, steps: Iterable<Step>): Promise<void> {
  const backend = await harness.open()
  try {
    const model = new Model((await backend.info()).now)
    const real = new Bench(harness, backend)
    await fc.asyncModelRun(() => ({ model, real }), steps)
    await compareAll(model, real)
  } finally {
    await harness.dispose(backend)
  }
}
