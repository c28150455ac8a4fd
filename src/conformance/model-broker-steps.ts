/**
 * Steps of a random history that every backend can take: what producers, workers and time do.
 * @module
 */
import type { ClaimedJob, ClaimRef, ClaimRequest, ExchangeRequest, NewJob } from '../contract/index.ts'
import { equal, ok } from './expect.ts'
import type { Arbitrary, FastCheck } from './fast-check.ts'
import type { Model, ModelJob } from './model.ts'
import { type Bench, QUEUES, WORKERS } from './model-bench.ts'
import { compareClaimed } from './model-compare.ts'
import { newJobs, outcomes, type Step, step } from './model-steps.ts'
import { exchangeRequest } from './request.ts'
import { workerInfo } from './scene.ts'

/** What producers and workers do; what is named several times happens more often. */
export function brokerSteps(fc: FastCheck, timed: boolean): Arbitrary<Step>[] {
  const enqueue = enqueueStep(fc, timed)
  const exchange = exchangeStep(fc, timed)
  const reconcile = reconcileStep(fc)
  const [beat, retire, crash, rescue] = workerSteps(fc, timed)
  const often = Array.from({ length: 12 }, () => exchange)
  return [...often, enqueue, enqueue, enqueue, enqueue, beat, reconcile, retire, crash, rescue, rescue]
}

function enqueueStep(fc: FastCheck, timed: boolean): Arbitrary<Step> {
  const batch = fc.array(newJobs(fc, timed), { minLength: 1, maxLength: 6 })
  return step('enqueue', batch, async (model, bench, value) => {
    const { unique } = bench.backend
    const jobs: NewJob[] = value.map((job) => (unique === undefined ? { ...job, unique: null } : job))
    equal(await bench.backend.enqueue(jobs), model.enqueue(jobs), 'receipts')
  })
}

function slots(fc: FastCheck): Arbitrary<number> {
  return fc.integer({ min: 0, max: WORKERS - 1 })
}

function exchangeStep(fc: FastCheck, timed: boolean): Arbitrary<Step> {
  const mostly = fc.constantFrom(true, true, true, false)
  const limit = fc.constantFrom(0, 1, 1, 2, 4)
  // Mostly of the latest claims, so that many are settled in time and some are not.
  const back = fc.constantFrom(0, 0, 1, 2, 3, 5, 9)
  const value = fc.record({
    slot: slots(fc),
    beats: mostly,
    settles: fc.array(fc.record({ back, outcome: outcomes(fc, timed) }), { maxLength: 3 }),
    begins: fc.array(back, { maxLength: 3 }),
    claims: mostly,
    queues: fc.record({ first: limit, second: limit, swapped: fc.boolean() }),
    limit: fc.constantFrom(0, 1, 3, 6, 6),
    answered: fc.constantFrom(true, true, true, true, true, true, false),
  })
  return step(
    'exchange',
    value,
    async (model, bench, { slot, beats, settles, begins, claims, queues, limit: all, answered }) => {
      const workerId = bench.worker(slot)
      // Most workers live, or little would ever be claimed.
      if (beats) await heartbeat(model, bench, workerId, timed ? 10_000 : 3_600_000)
      const settle = settles.flatMap(({ back: at, outcome }) => {
        const job = bench.claim(at)
        return job === undefined ? [] : [{ job, outcome }]
      })
      const asked = [
        { name: QUEUES[0], limit: queues.first },
        { name: QUEUES[1], limit: queues.second },
      ]
      const claim = claims ? { queues: queues.swapped ? asked.reverse() : asked, limit: all } : null
      const begin = new Set(begins.flatMap((at) => bench.claim(at) ?? []))
      const claimed = await exchange(
        model,
        bench,
        exchangeRequest({ workerId, settle, begin: [...begin], claim }),
      )
      // A worker that gets no answer never hears of what it was given.
      if (answered) bench.claims.push(...claimed)
    },
  )
}

/**
 * A worker says what it holds: all it knows of, or less, as one does that has forgotten some. Mostly after a claim
 * whose answer was lost.
 */
function reconcileStep(fc: FastCheck): Arbitrary<Step> {
  const value = fc.record({
    slot: slots(fc),
    unanswered: fc.constantFrom(true, true, false),
    knows: fc.constantFrom(1, 1, 0.5, 0),
    swapped: fc.boolean(),
    settles: fc.boolean(),
    begins: fc.boolean(),
    claims: fc.boolean(),
  })
  return step('reconcile', value, async (model, bench, { slot, unanswered, knows, swapped, ...does }) => {
    const workerId = bench.worker(slot)
    const claim = { queues: QUEUES.map((name) => ({ name, limit: 2 })), limit: 3 }
    if (unanswered) await exchange(model, bench, exchangeRequest({ workerId, claim }))
    const known = bench.claims.slice(Math.floor(bench.claims.length * (1 - knows)))
    const settled = does.settles ? known.slice(-1) : []
    const request = exchangeRequest({
      workerId,
      settle: settled.map((job) => ({ job, outcome: { kind: 'release' } })),
      begin: does.begins ? known.slice(-2) : [],
      claim: does.claims ? claim : null,
      holding: swapped ? known.toReversed() : known,
    })
    bench.claims.push(...(await exchange(model, bench, request)))
  })
}

/** Exchanges on both sides; answers what was claimed. */
async function exchange(
  model: Model,
  bench: Bench,
  request: ExchangeRequest,
): Promise<readonly ClaimedJob[]> {
  const { workerId, settle, begin, holding, claim } = request
  const reply = await bench.backend.exchange(request)
  const late: ClaimRef[] = settle
    .filter(({ job, outcome }) => !model.settle(job, outcome))
    .map(({ job }) => job)
  late.push(...begin.filter((job) => !model.begin(job)))
  equal([...reply.leaseLost].sort(), late.map((job) => job.id).sort(), 'leaseLost')
  if (holding !== null) model.holding(workerId, holding)
  if (claim === null) {
    equal(reply.claimed, [], 'claimed without a claim')
    return []
  }
  equal(reply.leaseExpired, !model.isLive(workerId), 'leaseExpired')
  const expected = model.isLive(workerId) ? model.claim(workerId, claim) : []
  compareClaimed(bench, reply.claimed, expected)
  if (reply.nextDueInMs !== null && bench.timed) {
    const next = nextDue(model, claim, expected)
    ok(
      next.includes(reply.nextDueInMs),
      `nextDueInMs ${reply.nextDueInMs} is null or one of ${next.join(', ')}`,
    )
  }
  return reply.claimed
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

async function heartbeat(model: Model, bench: Bench, id: string, leaseMs: number): Promise<void> {
  equal(await bench.backend.heartbeat(workerInfo(id), leaseMs), model.heartbeat(id, leaseMs), 'heartbeat')
}

/** Retires a worker for good: its id does not come back. */
async function retire(model: Model, bench: Bench, id: string): Promise<void> {
  await bench.backend.retire(id)
  model.workers.delete(id)
  bench.replace(id)
}

function workerSteps(
  fc: FastCheck,
  timed: boolean,
): [Arbitrary<Step>, Arbitrary<Step>, Arbitrary<Step>, Arbitrary<Step>] {
  const slot = slots(fc)
  const leaseMs = timed ? fc.constantFrom(3_000, 60_000) : fc.constantFrom(3_600_000)
  const byId = (a: { readonly id: string }, b: { readonly id: string }) => (a.id < b.id ? -1 : 1)
  return [
    step('heartbeat', fc.record({ slot, leaseMs }), (model, bench, value) =>
      heartbeat(model, bench, bench.worker(value.slot), value.leaseMs),
    ),
    step('retire', slot, (model, bench, value) => retire(model, bench, bench.worker(value))),
    step('crash', slot, async (_model, bench, value) => bench.replace(bench.worker(value))),
    step('rescue', fc.constantFrom(1, 2, 3), async (model, bench, quarantineAfter) => {
      const first = await bench.backend.rescue({ quarantineAfter })
      const second = await bench.backend.rescue({ quarantineAfter })
      equal([...first, ...second].sort(byId), model.rescue(quarantineAfter).sort(byId), 'rescued jobs')
    }),
  ]
}

/** What time does. */
export function timeSteps(fc: FastCheck, jumps: boolean): Arbitrary<Step>[] {
  const advance = step(
    'advance',
    fc.constantFrom(1, 500, 1_000, 3_000, 3_000, 10_000, 60_000),
    async (model, bench, ms) => {
      await bench.harness.clock?.advance(ms)
      model.now += ms
      model.elapsed += ms
    },
  )
  const jump = step('jump', fc.constantFrom(-3_600_000, -10_000, -1, 10_000), async (model, bench, ms) => {
    await bench.harness.clock?.jump?.(ms)
    model.now += ms
    // By which clock a lease is measured is the backend's own choice, so all are renewed or ended.
    for (const id of [...model.workers.keys()]) {
      await (model.isLive(id) ? heartbeat(model, bench, id, 60_000) : retire(model, bench, id))
    }
  })
  return jumps ? [advance, advance, advance, jump] : [advance, advance, advance]
}
