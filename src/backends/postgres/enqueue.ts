/**
 * Storing new jobs: one statement a batch, whatever its size.
 * @module
 */
import {
  type EnqueueOutcome,
  type EnqueueReceipt,
  InvalidOptionError,
  type NewJob,
} from '../../contract/index.ts'
import { packOptions } from '../_sql/rows.ts'
import { numbers, sparseNumbers, sparseTexts, texts, withoutNul } from './array.ts'
import type { SqlValue } from './driver.ts'
import type { PostgresSession } from './session.ts'
import { stateBits } from './unique.ts'

/** Most jobs of one statement: arrays much longer cost the server more per element. */
const MOST_JOBS = 5_000

/** How many kinds of job a statement may name: the server counts its way to each. */
const MOST_KINDS = 32

/**
 * Stores the jobs in one atomic step.
 * @param mustBeInside refuse where no transaction is open, since the user's commit is what stores the jobs.
 */
export async function enqueue(
  session: PostgresSession,
  jobs: readonly NewJob[],
  mustBeInside = false,
): Promise<EnqueueReceipt[]> {
  if (jobs.some(({ unique }) => unique !== null)) return enqueueEach(session, jobs)
  const { stored, alone } = await session.one<{ stored: string | null; alone: boolean }>(
    'enqueue',
    ...columns(jobs),
    // In a user's transaction no attempt may fail: each would be a subtransaction, and many of those are slow.
    mustBeInside,
  )
  if (mustBeInside && alone) throw notInside()
  const created = stored === null ? null : new Set(JSON.parse(stored) as string[])
  return jobs.map(({ id }) => ({
    id,
    // The first of two with one id is the one that was stored.
    outcome: created === null || created.delete(id) ? 'created' : 'deduplicated',
  }))
}

/** Whether the jobs fit into one statement. */
export function fits(jobs: readonly NewJob[]): boolean {
  if (jobs.length > MOST_JOBS) return false
  return new Set(jobs.map(kindOf)).size <= MOST_KINDS
}

async function enqueueEach(session: PostgresSession, jobs: readonly NewJob[]): Promise<EnqueueReceipt[]> {
  const rules = jobs.map(({ unique }) => unique)
  const { outcomes } = await session.one<{ outcomes: string }>(
    'enqueueEach',
    ...columns(jobs),
    texts(rules.map((rule) => rule?.key ?? null)),
    numbers(rules.map((rule) => rule?.forMs ?? null)),
    numbers(rules.map((rule) => (rule === null ? null : stateBits(rule.states)))),
    texts(rules.map((rule) => rule?.conflict ?? null)),
  )
  return (JSON.parse(outcomes) as [string, EnqueueOutcome][]).map(([id, outcome]) => ({ id, outcome }))
}

function kindOf({ task, queue, priority, version, maxAttempts }: NewJob): string {
  return `${task}\0${queue}\0${priority}\0${version}\0${maxAttempts}`
}

/** The parameters both statements share: what many jobs have in common once, the rest by column. */
function columns(jobs: readonly NewJob[]): SqlValue[] {
  const kinds: NewJob[] = []
  const places = new Map<string, number>()
  const kind: number[] = []
  const tags: { id: string; tag: string }[] = []
  let last: NewJob | undefined
  let lastPlace = 0
  for (const job of jobs) {
    if (last === undefined || !alike(last, job)) {
      const key = kindOf(job)
      let place = places.get(key)
      if (place === undefined) {
        place = kinds.push(job)
        places.set(key, place)
      }
      lastPlace = place
    }
    last = job
    kind.push(lastPlace)
    if (job.tags.length > 0)
      for (const tag of new Set(job.tags)) tags.push({ id: job.id, tag: withoutNul(tag) })
  }
  return [
    texts(kinds.map(({ task }) => task)),
    texts(kinds.map(({ queue }) => queue)),
    numbers(kinds.map(({ priority }) => priority)),
    numbers(kinds.map(({ version }) => version)),
    numbers(kinds.map(({ maxAttempts }) => Math.min(maxAttempts, 2_147_483_647))),
    texts(jobs.map(({ id }) => id)),
    texts(jobs.map(({ payload }) => payload)),
    kinds.length === 1 ? '{}' : numbers(kind),
    sparseNumbers(jobs.map(({ delayMs }) => (delayMs === 0 ? null : Math.round(delayMs)))),
    sparseNumbers(jobs.map(({ dueAt }) => (dueAt === null ? null : Math.round(dueAt)))),
    sparseNumbers(jobs.map(({ expiresInMs }) => (expiresInMs === null ? null : Math.round(expiresInMs)))),
    sparseNumbers(jobs.map(({ expiresAt }) => (expiresAt === null ? null : Math.round(expiresAt)))),
    sparseTexts(jobs.map(packOptions)),
    texts(tags.map(({ id }) => id)),
    texts(tags.map(({ tag }) => tag)),
  ]
}

function alike(a: NewJob, b: NewJob): boolean {
  return (
    a.task === b.task &&
    a.queue === b.queue &&
    a.priority === b.priority &&
    a.version === b.version &&
    a.maxAttempts === b.maxAttempts
  )
}

function notInside(): InvalidOptionError {
  return new InvalidOptionError(
    'connection',
    'The connection is not inside a transaction. Begin one first, or use app.transaction(connection, fn).',
  )
}
