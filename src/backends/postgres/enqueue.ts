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
import { writeNews } from './notifier.ts'
import type { PostgresSession } from './session.ts'
import { stateBits } from './unique.ts'

/** Most jobs of one statement: arrays much longer cost the server more per element. */
const MOST_JOBS = 5_000

/** How many kinds of job a statement may name: the server counts its way to each. */
const MOST_KINDS = 32

/** In a transaction of the user's, whose commit is what stores the jobs. */
export interface Joined {
  /** Where workers of other processes, and of this one, hear of the commit; null where it is not to be told. */
  readonly channel: string | null
}

/** What both statements answer beside the receipts. */
interface Answer {
  /** True where the statement was a transaction of its own. */
  readonly alone: boolean
  readonly now: string
}

/**
 * Stores the jobs in one atomic step.
 * @param joined null where the statement is a transaction of its own, or one of ours.
 * @throws InvalidOptionError where it is joined to a transaction and none is open.
 */
export async function enqueue(
  session: PostgresSession,
  jobs: readonly NewJob[],
  joined: Joined | null = null,
): Promise<EnqueueReceipt[]> {
  const each = jobs.some(({ unique }) => unique !== null)
  const { latest } = session.clock
  const { answer, receipts } = await (each ? enqueueEach : enqueueAll)(session, jobs, joined)
  session.clock.told(Number(answer.now), latest)
  if (joined !== null && answer.alone) throw notInside()
  return receipts
}

interface Stored {
  readonly answer: Answer
  readonly receipts: EnqueueReceipt[]
}

async function enqueueAll(
  session: PostgresSession,
  jobs: readonly NewJob[],
  joined: Joined | null,
): Promise<Stored> {
  const answer = await session.one<Answer & { stored: string | null }>(
    'enqueue',
    ...columns(jobs),
    // In a user's transaction no attempt may fail: each would be a subtransaction, and many of those are slow.
    joined !== null,
    ...news(jobs, joined),
  )
  const { stored } = answer
  const created = stored === null ? null : new Set(JSON.parse(stored) as string[])
  const receipts = jobs.map(
    ({ id }): EnqueueReceipt => ({
      id,
      // The first of two with one id is the one that was stored.
      outcome: created === null || created.delete(id) ? 'created' : 'deduplicated',
    }),
  )
  return { answer, receipts }
}

/**
 * What the commit tells: only the server knows when it happens. Nobody is named as its author, so that this process
 * hears it as well.
 */
function news(jobs: readonly NewJob[], joined: Joined | null): SqlValue[] {
  if (joined === null || joined.channel === null) return [null, null]
  const queues = [...new Set(jobs.map(({ queue }) => queue))]
  return [joined.channel, writeNews({ from: '', queues, settled: false, workers: [] })]
}

/** Whether the jobs fit into one statement. */
export function fits(jobs: readonly NewJob[]): boolean {
  if (jobs.length > MOST_JOBS) return false
  return new Set(jobs.map(kindOf)).size <= MOST_KINDS
}

async function enqueueEach(
  session: PostgresSession,
  jobs: readonly NewJob[],
  joined: Joined | null,
): Promise<Stored> {
  const rules = jobs.map(({ unique }) => unique)
  const answer = await session.one<Answer & { outcomes: string }>(
    'enqueueEach',
    ...columns(jobs),
    texts(rules.map((rule) => rule?.key ?? null)),
    numbers(rules.map((rule) => rule?.forMs ?? null)),
    numbers(rules.map((rule) => (rule === null ? null : stateBits(rule.states)))),
    texts(rules.map((rule) => rule?.conflict ?? null)),
    ...news(jobs, joined),
  )
  const outcomes = JSON.parse(answer.outcomes) as [string, EnqueueOutcome][]
  return { answer, receipts: outcomes.map(([id, outcome]) => ({ id, outcome })) }
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
