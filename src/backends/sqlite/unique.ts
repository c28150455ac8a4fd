/**
 * Facet `unique`: keys are looked up and taken in the enqueue's own transaction.
 * @module
 */
import type { EnqueueReceipt, NewJob, UniqueFacet, UniqueRule } from '../../contract/index.ts'
import type { SqliteConnection } from './connection.ts'
import type { CountChanges } from './counts.ts'
import { isWaiting, packOptions, STATE } from './rows.ts'
import type { SqliteSession } from './session.ts'
import { expiryOf, startOf } from './start.ts'

interface Holder {
  readonly id: string
  readonly seq: number
  readonly state: number
  readonly due_at: number
  readonly queue: string
}

/** Null where the key is free; else what became of the enqueue. The caller holds a write transaction. */
export function claimKey(
  session: SqliteSession,
  job: NewJob,
  rule: UniqueRule,
  now: number,
  counts: CountChanges,
): EnqueueReceipt | null {
  // The same job once more, such as a repeated call: it must not be taken for a conflict with itself.
  if (session.get('jobById', job.id) !== undefined) return { id: job.id, outcome: 'deduplicated' }
  const holder = session.get<Holder>('uniqueHolder', rule.key, now)
  if (holder === undefined) return null
  if (rule.conflict === 'skip' || !isWaiting(holder.state)) return { id: holder.id, outcome: 'deduplicated' }
  const reschedule = rule.conflict === 'reschedule'
  const start = reschedule ? startOf(job, now) : { state: holder.state, dueAt: holder.due_at }
  session.run(
    'replace',
    job.task,
    job.queue,
    job.priority,
    job.payload,
    job.version,
    job.maxAttempts,
    expiryOf(job, now),
    packOptions(job),
    start.state,
    start.dueAt,
    holder.seq,
  )
  counts.add(holder.queue, holder.state, -1)
  counts.add(job.queue, start.state, 1)
  session.run('tagsDelete', holder.seq)
  for (const tag of new Set(job.tags)) session.run('tagAdd', tag, holder.id)
  return { id: holder.id, outcome: reschedule ? 'rescheduled' : 'replaced' }
}

/** The stored job holds the key from now on. */
export function takeKey(session: SqliteSession, job: NewJob, rule: UniqueRule, now: number): void {
  const bits = rule.states.reduce((sum, state) => sum | (1 << STATE[state]), 0)
  session.run('uniquePut', rule.key, job.id, rule.forMs === null ? null : now + rule.forMs, bits)
}

/** The facet. */
export function uniqueFacet(connection: SqliteConnection): UniqueFacet {
  return {
    holders: (keys) =>
      connection.read((session) =>
        keys.map((key) => session.get<Holder>('uniqueHolder', key, session.now())?.id ?? null),
      ),
    release: (keys) =>
      connection.write((session) => {
        for (const key of keys) session.run('uniqueDelete', key)
      }),
  }
}
