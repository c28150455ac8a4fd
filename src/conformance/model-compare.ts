/**
 * Compares a backend with the model.
 * @module
 */
import type { AttemptRecord, Checkpoint, ClaimedJob, HeldKey, JobRecord } from '../contract/index.ts'
import { ConformanceFailure, equal, ok } from './expect.ts'
import type { Model, ModelJob } from './model.ts'
import type { Bench } from './model-bench.ts'
import type { Facet } from './scene.ts'

type Shown = Readonly<Record<string, unknown>>

/** What both sides have to agree on; times only where the backend's clock is the model's. */
function shown(value: object, fields: readonly string[], timed: boolean): Shown {
  return Object.fromEntries(
    fields.map((field) => {
      const found: unknown = Reflect.get(value, field)
      const vague = !timed && TIMES.includes(field) && found !== null
      return [field, vague ? 'a time' : found]
    }),
  )
}

const TIMES: readonly string[] = ['createdAt', 'dueAt', 'startedAt', 'finishedAt', 'expiresAt', 'until', 'at']

const CLAIMED = [
  'id',
  'task',
  'queue',
  'priority',
  'payload',
  'version',
  'attempt',
  'maxAttempts',
  'createdAt',
].concat(['dueAt', 'expiresAt', 'timeoutMs', 'retry', 'tags', 'meta'])

const RECORD = [
  ...CLAIMED,
  'state',
  'startedAt',
  'finishedAt',
  'worker',
  'result',
  'reason',
  'progress',
  'lost',
]

const ATTEMPT = ['attempt', 'outcome', 'worker', 'startedAt', 'finishedAt']

/** Demands that the jobs were claimed that the model claims, in its order and with tokens never seen before. */
export function compareClaimed(
  bench: Bench,
  claimed: readonly ClaimedJob[],
  expected: readonly ModelJob[],
): void {
  const all = (jobs: readonly object[]) => jobs.map((job) => shown(job, [...CLAIMED, 'begun'], bench.timed))
  equal(all(claimed), all(expected), 'claimed jobs')
  for (const [at, job] of claimed.entries()) {
    ok(job.token > (bench.tokens.get(job.id) ?? 0), `the token of ${job.id} grows`)
    bench.tokens.set(job.id, job.token)
    const known = expected[at]
    if (known !== undefined) known.token = job.token
  }
}

/** Lets the model notice what the backend may notice by itself, at a moment of its own. */
export async function takeNotice(model: Model, bench: Bench): Promise<void> {
  const vague = model.jobs.filter(
    (job) =>
      model.isExpired(job) || (job.state !== 'pending' && model.isWaiting(job) && job.dueAt <= model.now),
  )
  if (vague.length === 0 || bench.backend.records === undefined) return
  const seen = await bench.backend.records.get(vague.map((job) => job.id))
  for (const [at, job] of vague.entries()) {
    const record = seen[at]
    if (record !== null && record !== undefined) model.notice(job, record)
  }
}

/** Compares all that can be read. */
export async function compareAll(model: Model, bench: Bench): Promise<void> {
  const { records, control, limits, unique } = bench.backend
  if (records !== undefined) {
    const { jobs } = await records.list({}, { limit: 1_000, after: null, order: 'oldest' })
    equal(
      jobs.map((job) => record(job, bench)),
      model.jobs.map((job) => record(job, bench)),
      'all jobs',
    )
    const counted = (await records.counts()).filter((entry) => entry.count > 0)
    equal(
      counted.map((entry) => `${entry.queue} ${entry.state} ${entry.count}`).sort(),
      counts(model),
      'counts',
    )
    await compareKept(model, bench, records)
  }
  if (control !== undefined) {
    const live = [...model.workers.keys()].filter((id) => model.isLive(id)).sort()
    equal((await control.workers()).map((worker) => worker.id).sort(), live, 'live workers')
  }
  if (limits !== undefined) equal(await limits.paused(), [...model.paused].sort(), 'paused queues')
  if (unique !== undefined) {
    const holders = bench.keys.map((key) => model.holder(key)?.id ?? null)
    equal(await unique.holders(bench.keys), holders, 'holders of the keys')
  }
}

/** Compares what is kept with each job. */
async function compareKept(model: Model, bench: Bench, records: Facet<'records'>): Promise<void> {
  const exported = await records.export(model.jobs.map((job) => job.id))
  for (const [at, job] of model.jobs.entries()) {
    const found = exported[at]
    if (found === null || found === undefined)
      throw new ConformanceFailure(`export of ${job.id}`, 'a job', found)
    equal(record(found.job, bench), record(job, bench), `exported record of ${job.id}`)
    const known = attempts(model.attempts(job), bench)
    equal(attempts(await records.attempts(job.id), bench), known, `attempts of ${job.id}`)
    equal(attempts(found.attempts, bench), known, `exported attempts of ${job.id}`)
    if (job.logs.length > 0) equal(await records.logs(job.id, 1_000), job.logs, `logs of ${job.id}`)
    equal(found.logs, job.logs, `exported logs of ${job.id}`)
    equal(pieces(found.checkpoints), pieces(checkpointsOf(job)), `checkpoints of ${job.id}`)
    equal(key(found.unique, bench), key(job.unique, bench), `key of ${job.id}`)
  }
}

function checkpointsOf(job: ModelJob): Checkpoint[] {
  return [...job.checkpoints].map(([name, done]) => ({
    key: name,
    status: done === null ? 'started' : 'done',
    value: done?.value ?? null,
  }))
}

function pieces(found: readonly Checkpoint[]): Checkpoint[] {
  return found.toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

function key(found: HeldKey | null, bench: Bench): Shown | null {
  if (found === null) return null
  return { ...shown(found, ['key', 'until'], bench.timed), states: found.states.toSorted() }
}

function record(job: JobRecord, bench: Bench): Shown {
  // The message of a lost worker is the backend's own.
  const error = job.error?.name === 'WorkerLost' ? 'WorkerLost' : job.error
  return { ...shown(job, RECORD, bench.timed), error }
}

function attempts(found: readonly AttemptRecord[], bench: Bench): unknown[] {
  const error = (attempt: AttemptRecord) => (attempt.outcome === 'lost' ? null : attempt.error)
  return found.map((attempt) => ({ ...shown(attempt, ATTEMPT, bench.timed), error: error(attempt) }))
}

function counts(model: Model): string[] {
  const found = new Map<string, number>()
  for (const { queue, state } of model.jobs) {
    const key = `${queue} ${state}`
    found.set(key, (found.get(key) ?? 0) + 1)
  }
  return [...found].map(([key, count]) => `${key} ${count}`).sort()
}
