/**
 * What steps of random histories are made of.
 * @module
 */
import type { JobError, JobState, NewJob, Outcome } from '../contract/index.ts'
import type { Arbitrary, FastCheck, HistoryStep } from './fast-check.ts'
import type { Model } from './model.ts'
import { type Bench, KEYS, QUEUES } from './model-bench.ts'
import { compareAll, takeNotice } from './model-compare.ts'

/** A full comparison after so many steps; in between only answers are compared. */
const COMPARE_EVERY = 10

/** A step of a history of a backend and the model. */
export type Step = HistoryStep<Model, Bench>

/** Makes the source of a step; `play` does the same to both and compares the answers. */
export function step<T>(
  name: string,
  values: Arbitrary<T>,
  play: (model: Model, bench: Bench, value: T) => Promise<void>,
): Arbitrary<Step> {
  return values.map((value) => ({
    check: () => true,
    async run(model: Model, bench: Bench) {
      await bench.begin(model)
      await play(model, bench, value)
      await takeNotice(model, bench)
      bench.steps += 1
      if (bench.steps % COMPARE_EVERY === 0) await compareAll(model, bench)
    },
    toString: () => `${name}(${JSON.stringify(value)})`,
  }))
}

/** Waits in ms: with a real clock only such as pass at once or never. */
export function waits(fc: FastCheck, timed: boolean): Arbitrary<number> {
  return timed ? fc.constantFrom(0, 0, 0, 0, 0, 1, 500, 3_000, 20_000) : fc.constantFrom(0, 0, 0, 3_600_000)
}

/** Points at jobs that are stored, now and then at none. */
export function picks(fc: FastCheck): Arbitrary<number> {
  return fc.integer({ min: 0, max: 20 })
}

/** The id of the job that a pick points at. */
export function picked(model: Model, pick: number): string {
  return (pick === 20 ? undefined : model.jobs[pick % Math.max(1, model.jobs.length)]?.id) ?? 'nobody'
}

/** An error, told apart by its message. */
function errors(fc: FastCheck): Arbitrary<JobError> {
  return fc
    .integer({ min: 0, max: 9 })
    .map((n) => ({ name: 'E', message: `e${n}`, stack: null, code: null, cause: null }))
}

/** Jobs that meet often: few ids, keys and queues. */
export function newJobs(fc: FastCheck, timed: boolean): Arbitrary<NewJob> {
  const unfinished: JobState[] = ['scheduled', 'pending', 'blocked', 'active', 'retrying']
  const unique = fc.record({
    key: fc.constantFrom<string>(...KEYS),
    forMs: timed ? fc.constantFrom(null, null, 1_000, 20_000) : fc.constantFrom(null, null, 3_600_000),
    states: fc.constantFrom<readonly JobState[]>(
      unfinished,
      unfinished,
      ['pending', 'scheduled'],
      ['active'],
      [],
    ),
    conflict: fc.constantFrom('skip' as const, 'replace' as const, 'reschedule' as const),
    used: fc.boolean(),
  })
  const own = fc.record({
    id: fc.integer({ min: 0, max: 39 }).map((number) => `j${number}`),
    task: fc.constantFrom('t1', 't2'),
    queue: fc.constantFrom<string>(...QUEUES),
    priority: fc.constantFrom(0, 0, 0, 1, -1),
    payload: fc.constantFrom('', '1', '"x"'),
    maxAttempts: fc.constantFrom(1, 2, 5),
    delayMs: waits(fc, timed),
    expiresInMs: timed
      ? fc.constantFrom(null, null, null, null, null, 0, 2_000, 30_000)
      : fc.constantFrom(null, null, null, null, 0, 3_600_000),
    tags: fc.constantFrom<readonly string[]>([], [], ['x'], ['x', 'y']),
    unique,
  })
  return own.map((job) => {
    const { used, ...rule } = job.unique
    const rest = { version: 1, dueAt: null, expiresAt: null, timeoutMs: null, retry: null, meta: null }
    return { ...job, ...rest, unique: used ? rule : null }
  })
}

/** Ends of attempts. */
export function outcomes(fc: FastCheck, timed: boolean): Arbitrary<Outcome> {
  const kinds = fc.constantFrom('succeed', 'succeed', 'retry', 'retry', 'fail', 'cancel', 'snooze', 'release')
  const all = fc.record({ kind: kinds, delayMs: waits(fc, timed), error: errors(fc), counts: fc.boolean() })
  return all.map(({ kind, delayMs, error, counts }): Outcome => {
    if (kind === 'succeed') return { kind, result: counts ? `"${error.message}"` : null }
    if (kind === 'retry') return { kind, delayMs, error }
    if (kind === 'fail') return { kind, reason: counts ? 'exhausted' : 'unknown-task', error, counts }
    if (kind === 'cancel') return { kind, reason: 'requested', error: counts ? error : null }
    return kind === 'snooze' ? { kind, delayMs } : { kind: 'release' }
  })
}
