/**
 * The model's corrections: what a person, or house-keeping, does to stored jobs.
 * @module
 */
import type {
  ChangeReceipt,
  FinishReason,
  JobRecord,
  JobState,
  RetentionRule,
  StoredJob,
} from '../contract/index.ts'
import { isTerminal } from '../contract/index.ts'
import type { Model, ModelJob } from './model.ts'

/** Applies a change to each job; the change answers the state reached, `refused` or `gone`. */
function change(
  model: Model,
  ids: readonly string[],
  apply: (job: ModelJob) => JobState | 'refused' | 'gone',
): ChangeReceipt[] {
  return ids.map((id) => {
    const job = model.find(id)
    if (job === undefined) return { id, outcome: 'not-found', state: null }
    const reached = apply(job)
    if (reached === 'refused') return { id, outcome: 'refused', state: job.state }
    return { id, outcome: 'done', state: reached === 'gone' ? null : reached }
  })
}

export function cancel(model: Model, ids: readonly string[], reason: FinishReason): ChangeReceipt[] {
  return change(model, ids, (job) => {
    if (!model.isWaiting(job) && job.state !== 'blocked') return 'refused'
    model.move(job, 'cancel', 'cancelled')
    job.reason = reason
    job.finishedAt = model.now
    return 'cancelled'
  })
}

export function requeue(model: Model, ids: readonly string[]): ChangeReceipt[] {
  return change(model, ids, (job) => {
    if (job.state === 'active') return 'refused'
    if (isTerminal(job.state)) {
      // The record of a success is made from the job, whose fields are about to be cleared.
      job.attempts = model.attempts(job)
      const cleared = { reason: null, error: null, result: null, finishedAt: null, progress: null }
      Object.assign(job, { attempt: 0, lost: 0, ...cleared })
    }
    model.move(job, 'requeue', 'pending')
    job.dueAt = model.now
    if (job.expiresAt !== null && job.expiresAt <= model.now) job.expiresAt = null
    return 'pending'
  })
}

export function reschedule(model: Model, ids: readonly string[], dueAt: number): ChangeReceipt[] {
  return change(model, ids, (job) => {
    if (!model.isWaiting(job)) return 'refused'
    model.move(job, 'reschedule', dueAt > model.now ? 'scheduled' : 'pending')
    job.dueAt = dueAt
    return job.state
  })
}

export function hold(model: Model, ids: readonly string[]): ChangeReceipt[] {
  return change(model, ids, (job) => {
    if (!model.isWaiting(job)) return 'refused'
    model.move(job, 'hold', 'blocked')
    return 'blocked'
  })
}

export function remove(model: Model, ids: readonly string[]): ChangeReceipt[] {
  return change(model, ids, (job) => {
    if (job.state === 'active') return 'refused'
    model.jobs = model.jobs.filter((other) => other !== job)
    return 'gone'
  })
}

/** How many jobs of a state a rule deletes, and all jobs of that state, the earliest finished first. */
export function pruned(
  model: Model,
  rule: RetentionRule,
): { readonly count: number; readonly all: readonly ModelJob[] } {
  const end = (job: ModelJob) => job.finishedAt ?? 0
  const all = model.jobs.filter((job) => job.state === rule.state).sort((a, b) => end(a) - end(b))
  const { maxAgeMs, maxCount } = rule
  const tooOld = maxAgeMs === null ? 0 : all.filter((job) => end(job) < model.now - maxAgeMs).length
  const tooMany = maxCount === null ? 0 : all.length - maxCount
  return { count: Math.max(0, tooOld, tooMany), all }
}

export function restore(model: Model, stored: readonly StoredJob[]): void {
  for (const { job, attempts, logs, checkpoints, unique } of stored) {
    if (model.find(job.id) !== undefined) continue
    const free = unique !== null && model.holder(unique.key) === undefined
    if (free) for (const other of model.jobs) if (other.unique?.key === unique.key) other.unique = null
    const pieces = checkpoints.map(
      ({ key, status, value }) => [key, status === 'done' ? { value } : null] as const,
    )
    const own = { unique: free ? unique : null, token: 0, begun: true, checkpoints: new Map(pieces) }
    const restored: ModelJob = { ...job, ...own, attempts: [...attempts], logs: [...logs] }
    if (job.state === 'succeeded') restored.attempts.pop()
    if (job.state === 'blocked') restored.state = revivedState(model, job)
    model.jobs.push(restored)
  }
}

function revivedState(model: Model, job: JobRecord): JobState {
  if (job.dueAt <= model.now) return 'pending'
  return job.attempt > 0 && job.error !== null ? 'retrying' : 'scheduled'
}
