/**
 * Steps of a random history: what producers, workers and time do.
 * @module
 */
import type { ClaimRequest, JobError, JobState, NewJob, Outcome, Settlement } from '../contract/index.ts'
import { equal, ok } from './expect.ts'
import type { Arbitrary, FastCheck, HistoryStep } from './fast-check.ts'
import type { Model, ModelJob } from './model.ts'
import { type Bench, KEYS, QUEUES, WORKERS } from './model-bench.ts'
import { compareClaimed } from './model-compare.ts'
import { workerInfo } from './scene.ts'

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
      await bench.end(model)
    },
    toString: () => `${name}(${JSON.stringify(value)})`,
  }))
}

/** Waits in ms: with a real clock only such as pass at once or never. */
export function waits(fc: FastCheck, timed: boolean): Arbitrary<number> {
  return timed ? fc.constantFrom(0, 0, 0, 1, 500, 3_000, 20_000) : fc.constantFrom(0, 0, 3_600_000)
}

/** Ids of jobs, those that are not there included. */
export function jobIds(fc: FastCheck): Arbitrary<string> {
  return fc.integer({ min: 0, max: 15 }).map((number) => `j${number}`)
}

/** An error, told apart by its message. */
export function errors(fc: FastCheck): Arbitrary<JobError> {
  return fc
    .integer({ min: 0, max: 9 })
    .map((n) => ({ name: 'E', message: `e${n}`, stack: null, code: null, cause: null }))
}

function newJobs(fc: FastCheck, timed: boolean): Arbitrary<NewJob> {
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
    id: jobIds(fc),
    task: fc.constantFrom('t1', 't2'),
    queue: fc.constantFrom<string>(...QUEUES),
    priority: fc.constantFrom(0, 0, 0, 1, -1),
    payload: fc.constantFrom('', '1', '"x"'),
    maxAttempts: fc.constantFrom(1, 2, 5),
    delayMs: waits(fc, timed),
    expiresInMs: timed
      ? fc.constantFrom(null, null, null, 0, 2_000, 30_000)
      : fc.constantFrom(null, null, 0, 3_600_000),
    tags: fc.constantFrom<readonly string[]>([], [], ['x'], ['x', 'y']),
    unique,
  })
  return own.map((job) => {
    const { used, ...rule } = job.unique
    const rest = { version: 1, dueAt: null, expiresAt: null, timeoutMs: null, retry: null, meta: null }
    return { ...job, ...rest, unique: used ? rule : null }
  })
}

function outcomes(fc: FastCheck, timed: boolean): Arbitrary<Outcome> {
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

/** What workers do. */
export function brokerSteps(fc: FastCheck, timed: boolean): Arbitrary<Step>[] {
  const slot = fc.integer({ min: 0, max: WORKERS - 1 })
  const enqueue = step(
    'enqueue',
    fc.array(newJobs(fc, timed), { minLength: 1, maxLength: 4 }),
    async (model, bench, jobs) => {
      equal(
        await bench.backend.enqueue(withoutMissing(bench, jobs)),
        model.enqueue(withoutMissing(bench, jobs)),
        'receipts',
      )
    },
  )
  const settles = fc.array(
    fc.record({ back: fc.integer({ min: 0, max: 12 }), outcome: outcomes(fc, timed) }),
    { maxLength: 3 },
  )
  const limit = fc.integer({ min: 0, max: 4 })
  const claim = fc.record({
    all: limit,
    first: limit,
    second: limit,
    swapped: fc.boolean(),
    asked: fc.constantFrom(true, true, true, false),
  })
  const often = fc.constantFrom(true, true, true, false)
  const exchange = step('exchange', fc.record({ slot, settles, claim, beats: often }), async (model, bench, value) => {
    const id = bench.worker(value.slot)
    // Most workers are alive, or little would ever be claimed.
    if (value.beats) await beats(model, bench, id, timed ? 10_000 : 3_600_000)
    const settle = value.settles.flatMap(({ back, outcome }) => {
      const job = bench.claim(back)
      return job === undefined ? [] : [{ job, outcome }]
    })
    const { asked, all, first, second, swapped } = value.claim
    const queues = [
      { name: QUEUES[0], limit: first },
      { name: QUEUES[1], limit: second },
    ]
    await playExchange(
      model,
      bench,
      bench.worker(value.slot),
      settle,
      asked ? { queues: swapped ? queues.reverse() : queues, limit: all } : null,
    )
  })
  const beat = step(
    'heartbeat',
    fc.record({ slot, leaseMs: timed ? fc.constantFrom(3_000, 60_000) : fc.constantFrom(3_600_000) }),
    async (model, bench, value) => {
      const id = bench.worker(value.slot)
      equal(
        await bench.backend.heartbeat(workerInfo(id), value.leaseMs),
        model.heartbeat(id, value.leaseMs),
        'heartbeat',
      )
    },
  )
  const retire = step('retire', slot, async (model, bench, value) => {
    const id = bench.worker(value)
    await bench.backend.retire(id)
    model.workers.delete(id)
    bench.replace(value)
  })
  const crash = step('crash', slot, async (_model, bench, value) => bench.replace(value))
  const rescue = step('rescue', fc.constantFrom(1, 2, 3), async (model, bench, quarantineAfter) => {
    const found = [
      ...(await bench.backend.rescue({ quarantineAfter })),
      ...(await bench.backend.rescue({ quarantineAfter })),
    ]
    const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)
    equal(found.sort(byId), model.rescue(quarantineAfter).sort(byId), 'rescued jobs')
  })
  return [
    enqueue,
    enqueue,
    enqueue,
    exchange,
    exchange,
    exchange,
    exchange,
    beat,
    beat,
    retire,
    crash,
    rescue,
    rescue,
  ]
}

/** Without the facets that a rule needs it is left out. */
function withoutMissing(bench: Bench, jobs: readonly NewJob[]): NewJob[] {
  return jobs.map((job) => (bench.backend.unique === undefined ? { ...job, unique: null } : job))
}

async function playExchange(
  model: Model,
  bench: Bench,
  workerId: string,
  settle: readonly Settlement[],
  claim: ClaimRequest | null,
): Promise<void> {
  const reply = await bench.backend.exchange({ workerId, settle, claim })
  const late = settle.filter(({ job, outcome }) => !model.settle(job, outcome)).map(({ job }) => job.id)
  equal([...reply.leaseLost].sort(), late.sort(), 'leaseLost')
  if (claim === null) return equal(reply.claimed, [], 'claimed without a claim')
  equal(reply.leaseExpired, !model.isLive(workerId), 'leaseExpired')
  const expected = model.isLive(workerId) ? model.claim(workerId, claim) : []
  compareClaimed(bench, reply.claimed, expected)
  bench.claims.push(...reply.claimed)
  if (reply.nextDueInMs !== null && bench.timed) {
    const next = nextDue(model, claim, expected)
    ok(
      next.includes(reply.nextDueInMs),
      `nextDueInMs ${reply.nextDueInMs} is null or one of ${next.join(', ')}`,
    )
  }
}

/** The waits that a backend may name: until the next job of an emptied queue, whether or not it will expire first. */
function nextDue(model: Model, claim: ClaimRequest, claimed: readonly ModelJob[]): number[] {
  if (claimed.length >= claim.limit) return []
  const emptied = claim.queues.filter(({ name, limit }) => {
    return claimed.filter((job) => job.queue === name).length < limit && !model.paused.has(name)
  })
  const waiting = model.jobs.filter((job) => {
    const future = (job.state === 'scheduled' || job.state === 'retrying') && job.dueAt > model.now
    return future && emptied.some(({ name }) => name === job.queue)
  })
  const least = (jobs: readonly ModelJob[]) => Math.min(...jobs.map((job) => job.dueAt - model.now))
  return [least(waiting), least(waiting.filter((job) => !model.isExpired(job)))].filter(Number.isFinite)
}

/** What time does. */
export function timeSteps(fc: FastCheck, jumps: boolean): Arbitrary<Step>[] {
  const advance = step(
    'advance',
    fc.constantFrom(1, 500, 1_000, 3_000, 10_000, 60_000),
    async (model, bench, ms) => {
      await bench.harness.clock?.advance(ms)
      model.now += ms
      model.elapsed += ms
    },
  )
  const jump = step('jump', fc.constantFrom(-3_600_000, -10_000, -1, 10_000), async (model, bench, ms) => {
    await bench.harness.clock?.jump?.(ms)
    model.now += ms
    // Whose clock measures a lease is the backend's own choice, so all are renewed or ended.
    for (const id of [...model.workers.keys()]) {
      if (model.isLive(id))
        equal(await bench.backend.heartbeat(workerInfo(id), 60_000), model.heartbeat(id, 60_000), 'heartbeat')
      else {
        await bench.backend.retire(id)
        model.workers.delete(id)
      }
    }
  })
  return jumps ? [advance, advance, jump] : [advance, advance]
}
