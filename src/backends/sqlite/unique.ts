/**
 * Facet `unique`: keys are looked up and taken in the enqueue's own transaction.
 * @module
 */
import type { EnqueueReceipt, HeldKey, NewJob, UniqueFacet, UniqueRule } from '../../contract/index.ts'
import { isWaiting, packOptions, STATE } from '../_sql/rows.ts'
import type { SqliteConnection } from './connection.ts'
import type { CountChanges } from './counts.ts'
import { leave, type Place, wait } from './places.ts'
import type { SqliteSession } from './session.ts'
import { dueOf, expiryOf, waitingState } from './start.ts'

interface Holder extends Place {
  readonly id: string
  readonly expires_at: number | null
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
  if (session.get('jobExists', job.id) !== undefined) return { id: job.id, outcome: 'deduplicated' }
  const holder = session.get<Holder>('uniqueHolder', rule.key, now, now)
  if (holder === undefined) return null
  if (rule.conflict === 'skip' || !waits(holder, now)) return { id: holder.id, outcome: 'deduplicated' }
  const reschedule = rule.conflict === 'reschedule'
  const dueAt = reschedule ? dueOf(job, now) : holder.due_at
  const state = reschedule ? waitingState(dueAt, now) : holder.state
  const { queue, priority, payload, version, maxAttempts } = job
  const expiresAt = expiryOf(job, now)
  leave(session, holder)
  session.run(
    'jobReplace',
    queue,
    priority,
    dueAt,
    payload,
    version,
    maxAttempts,
    expiresAt,
    packOptions(job),
    holder.seq,
  )
  wait(session, { ...holder, queue, priority, state, due_at: dueAt })
  counts.add(holder.queue, holder.state, -1)
  counts.add(queue, state, 1)
  session.run('tagsDelete', holder.seq)
  for (const tag of new Set(job.tags)) session.run('tagAdd', tag, holder.id)
  return { id: holder.id, outcome: reschedule ? 'rescheduled' : 'replaced' }
}

/** A job that expired while it waited is as good as cancelled. */
function waits(holder: Holder, now: number): boolean {
  return isWaiting(holder.state) && (holder.expires_at === null || holder.expires_at > now)
}

/** The stored job holds the key from now on. */
export function takeKey(session: SqliteSession, id: string, { key, until, states }: HeldKey): void {
  const bits = states.reduce((sum, state) => sum | (1 << STATE[state]), 0)
  session.run('uniquePut', key, until, bits, id)
}

/** As {@link takeKey}, where nobody holds it. */
export function takeFreeKey(session: SqliteSession, id: string, key: HeldKey, now: number): void {
  if (session.get<Holder>('uniqueHolder', key.key, now, now) === undefined) takeKey(session, id, key)
}

/** The facet. */
export function uniqueFacet(connection: SqliteConnection): UniqueFacet {
  return {
    holders: (keys) =>
      connection.read((session) => {
        const now = session.now()
        return keys.map((key) => session.get<Holder>('uniqueHolder', key, now, now)?.id ?? null)
      }),
    release: (keys) =>
      connection.write((session) => {
        for (const key of keys) session.run('uniqueDelete', key)
      }),
  }
}
