/**
 * Steps of a random history that need a facet.
 * @module
 */
import type { ChangeReceipt, ClaimRef, Command, RetentionRule } from '../contract/index.ts'
import { equal, matches, ok, rejects } from './expect.ts'
import type { Arbitrary, FastCheck } from './fast-check.ts'
import type { Model } from './model.ts'
import { type Bench, KEYS, QUEUES, WORKERS } from './model-bench.ts'
import { cancel, hold, pruned, remove, requeue, reschedule, restore } from './model-changes.ts'
import { picked, picks, type Step, step, waits } from './model-steps.ts'
import type { Facet } from './scene.ts'

type Records = Facet<'records'>
type Ids = readonly string[]

/** What people and house-keeping do. */
export function recordSteps(fc: FastCheck, records: Records | undefined, timed: boolean): Arbitrary<Step>[] {
  if (records === undefined) return []
  return [...changeSteps(fc, timed), pruneStep(fc, timed), carryStep(fc), noteStep(fc)]
}

function recordsOf(bench: Bench): Records {
  const { records } = bench.backend
  if (records === undefined) throw new TypeError('The backend of this history has lost its records facet.')
  return records
}

function changeSteps(fc: FastCheck, timed: boolean): Arbitrary<Step>[] {
  const some = fc.array(picks(fc), { minLength: 1, maxLength: 3 })
  const both = (
    name: string,
    real: (records: Records, ids: Ids) => Promise<readonly ChangeReceipt[]>,
    model: (model: Model, ids: Ids) => readonly ChangeReceipt[],
  ) =>
    step(name, some, async (state, bench, value) => {
      const ids = value.map((pick) => picked(state, pick))
      equal(await real(recordsOf(bench), ids), model(state, ids), `receipts of ${name}`)
    })
  const when = fc.record({ some, inMs: waits(fc, timed) })
  return [
    both(
      'cancel',
      (records, value) => records.cancel(value, 'drained'),
      (model, value) => cancel(model, value, 'drained'),
    ),
    both('requeue', (records, value) => records.requeue(value), requeue),
    both('hold', (records, value) => records.hold(value), hold),
    both('delete', (records, value) => records.delete(value), remove),
    step('reschedule', when, async (model, bench, { some: value, inMs }) => {
      const ids = value.map((pick) => picked(model, pick))
      const dueAt = model.now + inMs
      equal(
        await recordsOf(bench).reschedule(ids, dueAt),
        reschedule(model, ids, dueAt),
        'receipts of reschedule',
      )
    }),
  ]
}

function pruneStep(fc: FastCheck, timed: boolean): Arbitrary<Step> {
  const rule = fc.record({
    state: fc.constantFrom<RetentionRule['state']>('succeeded', 'failed', 'cancelled'),
    maxAgeMs: timed ? fc.constantFrom(null, 0, 1_000, 10_000) : fc.constantFrom(null, 3_600_000),
    maxCount: fc.constantFrom(null, null, 0, 1, 3),
  })
  return step('prune', rule, async (model, bench, value) => {
    const { count, all } = pruned(model, value)
    equal(await recordsOf(bench).prune([value], 1_000), count, 'number of pruned jobs')
    const left = await recordsOf(bench).get(all.map((job) => job.id))
    const gone = all.filter((_, at) => left[at] === null)
    const kept = all.filter((_, at) => left[at] !== null)
    equal(gone.length, count, 'jobs that are gone')
    const latest = Math.max(...gone.map((job) => job.finishedAt ?? 0))
    ok(
      kept.every((job) => (job.finishedAt ?? 0) >= latest),
      'the earliest finished are pruned',
    )
    model.jobs = model.jobs.filter((job) => !gone.includes(job))
  })
}

/** Takes a job out of the store and brings it back, as moving it elsewhere and back would. */
function carryStep(fc: FastCheck): Arbitrary<Step> {
  return step('carry', picks(fc), async (model, bench, pick) => {
    const id = picked(model, pick)
    const records = recordsOf(bench)
    equal(await records.hold([id]), hold(model, [id]), 'receipts of hold')
    const [stored] = await records.export([id])
    if (stored === null || stored === undefined || stored.job.state === 'active') return
    equal(await records.delete([id]), remove(model, [id]), 'receipts of delete')
    await records.restore([stored, stored])
    restore(model, [stored])
    const [back] = await records.get([id])
    const known = model.find(id)
    // A held job does not say what it waited for: the backend may take it for scheduled or for retrying.
    const held = stored.job.state === 'blocked'
    const either = known !== undefined && held && known.dueAt > model.now
    if (either && (back?.state === 'scheduled' || back?.state === 'retrying')) known.state = back.state
    equal(back?.state, known?.state, 'state of the restored job')
  })
}

function noteStep(fc: FastCheck): Arbitrary<Step> {
  const value = fc.record({
    back: fc.integer({ min: 0, max: 4 }),
    percent: fc.integer({ min: 0, max: 100 }),
    lines: fc.boolean(),
  })
  return step('note', value, async (model, bench, { back, percent, lines }) => {
    const claim = bench.claim(back)
    if (claim === undefined) return
    const progress = { percent, note: null }
    const line = {
      at: 1,
      level: 'info',
      message: `at ${percent}`,
      fields: null,
      attempt: claim.attempt,
    } as const
    await recordsOf(bench).note([{ id: claim.id, token: claim.token, progress, lines: lines ? [line] : [] }])
    const job = model.running(claim)
    if (job === undefined) return
    job.progress = progress
    if (lines) job.logs.push(line)
  })
}

/** Pausing. */
export function limitSteps(fc: FastCheck, limits: Facet<'limits'> | undefined): Arbitrary<Step>[] {
  if (limits === undefined) return []
  const queue = fc.constantFrom<string>(...QUEUES)
  const resume = step('resume', queue, async (model, bench, value) => {
    await bench.backend.limits?.resume([value])
    model.paused.delete(value)
  })
  return [
    step('pause', queue, async (model, bench, value) => {
      await bench.backend.limits?.pause([value])
      model.paused.add(value)
    }),
    resume,
    resume,
  ]
}

/** Giving keys back. */
export function uniqueSteps(fc: FastCheck, unique: Facet<'unique'> | undefined): Arbitrary<Step>[] {
  if (unique === undefined) return []
  return [
    step('release key', fc.constantFrom<string>(...KEYS), async (model, bench, key) => {
      await bench.backend.unique?.release([key])
      for (const job of model.jobs) if (job.unique?.key === key) job.unique = null
    }),
  ]
}

/** Commands to workers. */
export function controlSteps(fc: FastCheck, control: Facet<'control'> | undefined): Arbitrary<Step>[] {
  if (control === undefined) return []
  const slot = fc.integer({ min: 0, max: WORKERS - 1 })
  return [
    step(
      'request cancel',
      fc.array(picks(fc), { minLength: 1, maxLength: 3 }),
      async (model, bench, value) => {
        const ids = value.map((pick) => picked(model, pick))
        const expected = ids.map((id) => ({ id, outcome: requestCancel(model, id) }))
        equal(await bench.backend.control?.requestCancel(ids), expected, 'receipts of requestCancel')
      },
    ),
    step('receive', slot, async (model, bench, value) => {
      const worker = model.workers.get(bench.worker(value))
      if (worker === undefined) return
      equal(await bench.backend.control?.receive(bench.worker(value)), worker.commands, 'commands')
      equal(await bench.backend.control?.receive(bench.worker(value)), [], 'commands a second time')
      worker.commands = []
    }),
  ]
}

function requestCancel(model: Model, id: string): 'requested' | 'not-active' | 'not-found' {
  const job = model.find(id)
  if (job === undefined) return 'not-found'
  if (job.state !== 'active') return 'not-active'
  const command: Command = { kind: 'cancel', jobId: id }
  model.workers.get(job.worker ?? '')?.commands.push(command)
  return 'requested'
}

/** Pieces of handlers. */
export function checkpointSteps(
  fc: FastCheck,
  checkpoints: Facet<'checkpoints'> | undefined,
): Arbitrary<Step>[] {
  if (checkpoints === undefined) return []
  const value = fc.record({
    back: fc.integer({ min: 0, max: 4 }),
    key: fc.constantFrom('p', 'q'),
    act: fc.constantFrom('begin' as const, 'begin' as const, 'complete' as const, 'forget' as const),
  })
  return [
    step('checkpoint', value, async (model, bench, { back, key, act }) => {
      const claim = bench.claim(back)
      if (claim === undefined) return
      await playCheckpoint(model, bench, claim, key, act)
    }),
  ]
}

async function playCheckpoint(
  model: Model,
  bench: Bench,
  claim: ClaimRef,
  key: string,
  act: 'begin' | 'complete' | 'forget',
): Promise<void> {
  const { checkpoints } = bench.backend
  if (checkpoints === undefined) return
  const call = () =>
    act === 'complete' ? checkpoints.complete(claim, key, '1') : checkpoints[act](claim, key)
  const job = model.running(claim)
  if (job === undefined) return rejects(call, 'lease-lost', `${act} of an attempt that is over`)
  const found = await call()
  const known = job.checkpoints.get(key)
  if (act === 'complete') job.checkpoints.set(key, { value: '1' })
  else if (act === 'forget') {
    if (known === null) job.checkpoints.delete(key)
  } else if (known === undefined) {
    equal(found, null, 'a new checkpoint')
    job.checkpoints.set(key, null)
  } else
    matches(
      found ?? null,
      { key, status: known === null ? 'started' : 'done', value: known?.value ?? null },
      'a known checkpoint',
    )
}
